"""Which field of a product is which field of the Elastic Common Schema (ECS): all mappings of ours, as tables.

Own tables hold where a product is recognised; `ALIASES` is for everything else, by what keys are commonly called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

EVE: Mapping[str, str] = {
    "timestamp": "@timestamp",
    "event_type": "suricata.eve.event_type",
    "src_ip": "source.ip",
    "src_port": "source.port",
    "dest_ip": "destination.ip",
    "dest_port": "destination.port",
    "proto": "network.transport",
    "app_proto": "network.protocol",
    "community_id": "network.community_id",
    "in_iface": "observer.ingress.interface.name",
    "host": "observer.name",
    "sensor_name": "observer.name",
    "flow_id": "suricata.eve.flow_id",
    "alert.signature": "rule.name",
    "alert.signature_id": "rule.id",
    "alert.category": "rule.category",
    "alert.severity": "event.severity",
    "alert.action": "event.action",
    "alert.metadata.mitre_technique_id": "threat.technique.id",
    "http.hostname": "url.domain",
    "http.url": "url.original",
    "http.http_user_agent": "user_agent.original",
    "http.http_method": "http.request.method",
    "http.http_refer": "http.request.referrer",
    "http.status": "http.response.status_code",
    "http.xff": "network.forwarded_ip",
    "dns.query.0.rrname": "dns.question.name",
    "dns.rrname": "dns.question.name",
    "tls.sni": "tls.client.server_name",
    "tls.subject": "tls.server.subject",
    "tls.issuerdn": "tls.server.issuer",
    "tls.ja3.hash": "tls.client.ja3",
    "smtp.mail_from": "email.from.address",
    "smtp.rcpt_to": "email.to.address",
    "email.from": "email.from.address",
    "email.to": "email.to.address",
    "fileinfo.filename": "file.name",
    "fileinfo.sha256": "file.hash.sha256",
    "fileinfo.sha1": "file.hash.sha1",
    "fileinfo.md5": "file.hash.md5",
    "files.0.filename": "file.name",
    "files.0.sha256": "file.hash.sha256",
    "payload_printable": "suricata.eve.payload_printable",
}
"""Suricata EVE (Suricata manual, EVE JSON format)."""

WAZUH: Mapping[str, str] = {
    "timestamp": "@timestamp",
    "rule.description": "rule.name",
    "rule.id": "rule.id",
    "rule.level": "event.severity",
    "rule.groups": "rule.category",
    "rule.mitre.id": "threat.technique.id",
    "rule.mitre.technique": "threat.technique.name",
    "rule.mitre.tactic": "threat.tactic.name",
    "agent.name": "host.name",
    "agent.ip": "host.ip",
    "agent.id": "agent.id",
    "manager.name": "observer.name",
    "id": "event.id",
    "full_log": "event.original",
    "location": "log.file.path",
    "decoder.name": "event.dataset",
    "predecoder.program_name": "process.name",
    "data.srcip": "source.ip",
    "data.src_ip": "source.ip",
    "data.srcport": "source.port",
    "data.src_port": "source.port",
    "data.dstip": "destination.ip",
    "data.dest_ip": "destination.ip",
    "data.dstport": "destination.port",
    "data.dest_port": "destination.port",
    "data.proto": "network.transport",
    "data.protocol": "network.transport",
    "data.srcuser": "user.name",
    "data.dstuser": "user.name",
    "data.url": "url.original",
    "data.http.url": "url.original",
    "data.http.hostname": "url.domain",
    "data.http.http_method": "http.request.method",
    "data.http.http_user_agent": "user_agent.original",
    "data.alert.signature": "suricata.eve.alert.signature",
    "data.alert.category": "suricata.eve.alert.category",
    "data.alert.action": "event.action",
    "data.action": "event.action",
    "data.command": "process.command_line",
    "data.vulnerability.cve": "vulnerability.id",
    "syscheck.path": "file.path",
    "syscheck.event": "event.action",
    "syscheck.sha256_after": "file.hash.sha256",
    "syscheck.sha1_after": "file.hash.sha1",
    "syscheck.md5_after": "file.hash.md5",
    "data.win.eventdata.image": "process.executable",
    "data.win.eventdata.commandLine": "process.command_line",
    "data.win.eventdata.targetUserName": "user.name",
    "data.win.eventdata.ipAddress": "source.ip",
    "data.win.system.computer": "host.hostname",
    "data.win.system.eventID": "event.code",
}
"""Wazuh `alerts.json` (Wazuh manual, alert format)."""

ROW: Mapping[str, str] = {
    "time": "@timestamp",
    "name": "rule.name",
    "short": "rule.id",
    "host": "host.name",
    "ip": "source.ip",
    "time_label": "labels.time",
    "event_label": "labels.event",
}
"""A CSV row with the columns time, name, ip, host, short (the AIT alert data set's layout)."""

CEF: Mapping[str, str] = {
    "src": "source.ip",
    "spt": "source.port",
    "shost": "source.domain",
    "smac": "source.mac",
    "suser": "user.name",
    "dst": "destination.ip",
    "dpt": "destination.port",
    "dhost": "host.name",
    "dmac": "destination.mac",
    "duser": "user.target.name",
    "dvc": "observer.ip",
    "dvchost": "observer.name",
    "act": "event.action",
    "app": "network.protocol",
    "proto": "network.transport",
    "cat": "event.category",
    "outcome": "event.outcome",
    "externalId": "event.id",
    "msg": "message",
    "reason": "event.reason",
    "request": "url.original",
    "requestMethod": "http.request.method",
    "requestClientApplication": "user_agent.original",
    "fname": "file.name",
    "filePath": "file.path",
    "fileHash": "file.hash",
    "sproc": "process.name",
    "deviceProcessName": "process.name",
    "rt": "@timestamp",
    "end": "event.end",
    "start": "event.start",
}
"""CEF extension keys (ArcSight CEF implementation standard)."""

LEEF: Mapping[str, str] = {
    "src": "source.ip",
    "srcPort": "source.port",
    "dst": "destination.ip",
    "dstPort": "destination.port",
    "proto": "network.transport",
    "usrName": "user.name",
    "domain": "user.domain",
    "identHostName": "host.name",
    "identSrc": "host.ip",
    "url": "url.original",
    "cat": "event.category",
    "action": "event.action",
    "policy": "rule.ruleset",
    "devTime": "@timestamp",
    "RuleName": "rule.name",
}
"""LEEF event attributes (IBM QRadar LEEF guide)."""

_ALIASES = """
rule.name: title alerttitle messagetitle alertname alarmname rulename ruletitle detectionname threatname signature
    signaturename alertsignature alertdisplayname monitorname conditionname checkname eventdefinitiontitle summary
    name subject displayname policyname alerttype
rule.id: ruleid signatureid detectionid policyid monitorid alertdefinitionid checkid terminatingruleid
rule.category: category alertcategory threatcategory rulegroup
rule.description: description ruledescription alertdescription details
event.severity: severity ruleseverity alertseverity severitylevel threatseverity severityname risklevel urgency
    systemlabelsseverity priority level loglevel riskscore score threatlevel
@timestamp: timestamp attimestamp eventtime eventtimestamp time createdat createddatetime creationtime datetime
    eventdatetime activitydatetime created published occurredat detectedat detectiontime firstseen firstseentime
    startedat starttime start date longdatetime ts utctimestamp isotimestamp messagetime timegenerated
    generateddatetime updatedat lastseen calendartime unixtime eventcreated requestreceivedtimestamp stagetimestamp
    receivetimestamp timestampusec timeusec contexttimestamp eventcreationtime datecreate effectiveat
    atsigntimestamp querytimestamp timestampderived eventdate peventtime starttimeutc lastseentime
    lastupdatedatetime
message: message msg messagebody text body output alertmessage displaymessage eventmessage errormessage
event.action: action eventaction eventtype eventname actionname operationname operation activity verb methodname
    type notificationtype
event.outcome: outcome result outcomeresult eventoutcome status resulttype state
event.id: id eventid alertid uuid insertid incidentid
event.provider: provider vendor product sourcename eventsource vendorname
service.name: servicename
event.dataset: logtypes logtype plogtype eventdataset
event.reason: reason outcomereason eventreason
source.ip: sourceip srcip sourceipaddress clientip clientipaddress ipaddress srcaddr sourceaddress callerip
    calleripaddress remoteip remoteipaddress remoteaddress actoripaddress actorip requestip externalip ip sourceips
    aip attackerip
source.port: sourceport srcport sport clientport remoteport
destination.ip: destinationip destip dstip destinationaddress dstaddr targetip serverip localip
destination.port: destinationport destport dstport dport targetport serverport
host.name: hostname host computername computer devicename machinename endpointname agentname hosthostname
    devicehostname instance sysname server node machine devname asset assetname resourcedisplayname
host.ip: hostip deviceip agentip hostipaddress
user.name: username user useremail account accountname userprincipalname actoremail actoremailaddress
    actoralternateid actordisplayname actorname actor principalemail useridentityusername useridentityarn loginname
    usrname srcuser login email principal
observer.name: sensor sensorname observer observername devid manager collector
network.transport: transport proto networktransport ipprotocol
network.protocol: appproto networkprotocol service protocol
url.original: url uri requesturl requesturi httpurl alerturl link requestpath
url.domain: domain urldomain httphostname domainname httphost
dns.question.name: query dnsquery rrname questionname querydomain queryname
http.request.method: httpmethod requestmethod
user_agent.original: useragent httpuseragent rawuseragent callersupplieduseragent
file.name: filename file targetfilename
file.path: filepath path targetpath imagefilename
file.hash.sha256: sha256 filesha256 sha256hash sha256hashdata hashsha256
file.hash.sha1: sha1 filesha1 sha1hash sha1hashdata
file.hash.md5: md5 filemd5 md5hash md5hashdata
process.name: processname procname parentbasefilename process imagename
process.command_line: commandline cmdline processcommandline command cmd
process.hash.sha256: processsha256 processhashsha256
vulnerability.id: cve cveid vulnerabilityid vulnerability
threat.technique.id: technique techniqueid mitretechnique mitretechniqueid mitreattackid attackid
cloud.region: region awsregion cloudregion
cloud.account.id: accountid recipientaccountid awsaccountid subscriptionid
organization.name: customer organization organizationname tenant tenantname
"""
"""For each ECS field the keys that mean it, the surest first; keys in small letters without punctuation."""

_WRAPPERS = """
_source alert alerts annotations attributes body data details detection event hit hits input issue items labels
message mock payload properties record records result results source value values
"""
"""Keys that only wrap others: they say nothing about what the value is."""

_AMBIGUOUS = """
account action actor asset body category command computer created customer date description details displayname
domain email file host id instance ip level link login machine manager message name node organization output path
principal process protocol published query reason region result score server service start state status subject
summary text time title type url user value
"""
"""Keys that only mean what they say where nothing but wrappers is around them."""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """The entries of a text table; an indented line continues the one before."""
    entries = (entry.partition(":") for entry in text.replace("\n    ", " ").split("\n") if entry)
    return {name: tuple(keys.split()) for name, _, keys in entries}


ALIASES: Mapping[str, tuple[str, ...]] = _table(_ALIASES)
WRAPPERS = frozenset(_WRAPPERS.split())
AMBIGUOUS = frozenset(_AMBIGUOUS.split())


@dataclass(frozen=True, slots=True)
class Claim:
    """What a path means and how sure that is: a smaller rank wins."""

    name: str
    rank: int


_CLAIMS: Mapping[str, Claim] = {
    key: Claim(name, rank) for name, keys in reversed(list(ALIASES.items())) for rank, key in enumerate(keys)
}
_ECS_NAMES = frozenset(ALIASES) | frozenset(
    name for table in (EVE, WAZUH, CEF, LEEF) for name in table.values() if "." in name
)


def is_name(name: str) -> bool:
    """Whether this program gives fields this name, as ECS does."""
    return name in _ECS_NAMES


def _plain(key: str) -> str:
    return "".join(ch for ch in key.lower() if ch.isalnum())


@lru_cache(maxsize=4096)
def claim(path: str) -> Claim | None:
    """What a dotted path means by the names in it, or None."""
    if path in _ECS_NAMES:
        return Claim(path, 0)
    parts = [part for part in path.split(".") if part and not part.isdigit()]
    if parts and parts[-1].lower() in WRAPPERS:
        kept = [part for part in parts[:-1] if part.lower() not in WRAPPERS] + parts[-1:]
    else:
        kept = [part for part in parts if part.lower() not in WRAPPERS]
    if not kept:
        return None
    last = _plain(kept[-1])
    if len(kept) == 1:
        return _CLAIMS.get(last)
    for joined in (f"{_plain(kept[-2])}{last}", last):
        found = _CLAIMS.get(joined)
        if found is not None and (joined is not last or last not in AMBIGUOUS):
            return Claim(found.name, found.rank + 10 * (len(kept) - 1))
    return None
