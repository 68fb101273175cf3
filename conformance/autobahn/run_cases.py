"""Run cases of the ported Autobahn fuzzer and say what each found, one line a case.

    run_cases.py list
    run_cases.py connect URL REPORTS GRACE     be the client of a server under test
    run_cases.py listen REPORTS GRACE CASE..   be the server of a client under test

`list` prints every case with the bytes that it echoes, a measure of its cost. `connect` takes case
numbers from standard input, one a line, and runs each when the one before is done. `listen` prints
`listening on ADDRESS:PORT`, serves the numbered cases as /runCase?case=1, 2, .. and the usual
/getCaseCount and /updateReports. Both end when standard input does, so that they never outlive
whoever started them.

A result is a line of tab separated fields: case, behavior, behaviorClose, the close code received
(`-` when there was none), milliseconds, and what the suite says about it. A case that did not
satisfy the suite leaves its details, wire log included, in REPORTS/CASE.json.

GRACE is added, in seconds, to every deadline after which a case gives up on its peer: some grant
half a second, which a busy machine may need for itself. A peer that conforms never waits for it.
"""

import json
import pathlib
import sys

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketServerFactory
from twisted.internet import reactor, stdio
from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate
from twisted.logger import globalLogBeginner, textFileLogObserver
from twisted.protocols.basic import LineReceiver

from fuzzer import fuzzing
from fuzzer.case import Case, CaseBasename, CaseCategories, Cases, CaseSetname, CaseSubCategories
from fuzzer.caseset import CaseSet
from fuzzer.octets import octets

CASE_SET = CaseSet(CaseSetname, CaseBasename, Cases, CaseCategories, CaseSubCategories)
SATISFIED = ("OK", "INFORMATIONAL")


def comparable(events):
    """Events, or a part of one, with every payload as bytes."""
    if isinstance(events, (list, tuple)):
        return [comparable(part) for part in events]
    return octets(events) if isinstance(events, (str, bytes, bytearray)) else events


def readable(value):
    """A report's value with text where the suite left bytes."""
    if isinstance(value, dict):
        return {str(key): readable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [readable(item) for item in value]
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def hex_of(data, maxlen=64):
    return octets(data)[:maxlen].hex() + (" ..." if len(data) > maxlen else "")


def text_of(data, maxlen=64):
    raw = octets(data)
    try:
        return raw[:maxlen].decode("utf-8") + (" ..." if len(raw) > maxlen else "")
    except UnicodeDecodeError:
        return "0x" + hex_of(raw, maxlen)


# The suite's own versions join bytes to strings.
fuzzing.binLogData = hex_of
fuzzing.asciiLogData = text_of
# The suite compares pickles, for which text and bytes differ.
Case.compare = lambda self, left, right: comparable(left) == comparable(right)


class Peer:
    """Where the suite's strings become bytes, and where its deadlines get their grace."""

    def sendFrame(self, opcode, payload=b"", fin=True, rsv=0, mask=None, payload_len=None,
                  chopsize=None, sync=False):
        payload = octets(payload)
        if payload_len is not None:
            payload = (payload * (payload_len // len(payload) + 1))[:payload_len]
        super().sendFrame(opcode, payload, fin, rsv, mask, None, chopsize, sync)

    def sendMessage(self, payload, *args, **kwargs):
        super().sendMessage(octets(payload), *args, **kwargs)

    def sendMessageFrameData(self, payload, *args, **kwargs):
        return super().sendMessageFrameData(octets(payload), *args, **kwargs)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        # A reply repeats the peer's reason, which the library has decoded.
        if isReply and isinstance(reasonUtf8, str):
            reasonUtf8 = reasonUtf8.encode("utf-8")
        super().sendCloseFrame(code, reasonUtf8 and octets(reasonUtf8), isReply)

    def killAfter(self, delay):
        super().killAfter(delay + self.factory.grace)

    def closeAfter(self, delay):
        # Waiting longer for nothing would only cost time.
        waits = self.runCase.expected.get(Case.OK) != []
        super().closeAfter(delay + (self.factory.grace if waits else 0))

    def connectionMade(self):
        self.factory.live += 1
        super().connectionMade()

    def connectionLost(self, reason):
        super().connectionLost(reason)
        self.factory.live -= 1


class FuzzingClient(Peer, fuzzing.FuzzingClientProtocol):
    pass


class FuzzingServer(Peer, fuzzing.FuzzingServerProtocol):
    pass


class Recorder:
    """What both factories share: the case set, the deadlines, the place of the results."""

    def prepare(self, reports, grace):
        self.CaseSet = CASE_SET
        self.specExcludeAgentCases = []
        self.logOctets = self.logFrames = True
        self.live = 0
        self.reports = pathlib.Path(reports)
        self.grace = float(grace)
        self.setProtocolOptions(
            # The closing handshake is part of what is judged.
            failByDrop=False,
            openHandshakeTimeout=5 + self.grace,
            closeHandshakeTimeout=1 + self.grace,
        )

    def logCase(self, result):
        behavior, close = result["behavior"], result["behaviorClose"]
        if behavior not in SATISFIED or close not in SATISFIED:
            self.reports.mkdir(parents=True, exist_ok=True)
            report = self.reports / f"{result['id']}.json"
            report.write_text(json.dumps(readable(result), indent=1))
        code = result["remoteCloseCode"]
        say(result["id"], behavior, close, "-" if code is None else code, result["duration"],
            f"{result['result']} {result['resultClose']}")

    def createReports(self):
        """The suite's HTML; our reports are written case by case."""


class ClientFactory(Recorder, WebSocketClientFactory):
    def __init__(self, url, reports, grace):
        WebSocketClientFactory.__init__(self, url)
        self.prepare(reports, grace)
        self.setProtocolOptions(serverConnectionDropTimeout=1 + self.grace)

    def run(self, case, done):
        self.case, self.done = case, done
        reactor.connectTCP(self.host, self.port, self)

    def buildProtocol(self, _address):
        peer = FuzzingClient()
        peer.factory = self
        peer.caseAgent = "server"
        peer.case = CASE_SET.CasesIndices[self.case]
        peer.Case = CASE_SET.CasesById[self.case]
        peer.runCase = peer.Case(peer)
        return peer

    def clientConnectionLost(self, _connector, _reason):
        self.done()

    def clientConnectionFailed(self, _connector, reason):
        say(self.case, "FAILED", "FAILED", "-", 0, f"cannot connect: {reason.getErrorMessage()}")
        self.done()


class ServerFactory(Recorder, WebSocketServerFactory):
    protocol = FuzzingServer

    def __init__(self, reports, grace, cases):
        WebSocketServerFactory.__init__(self)
        self.prepare(reports, grace)
        self.specCases = cases


class CaseQueue(LineReceiver):
    """Standard input of `connect`: runs the cases one after the other, in the order given."""

    delimiter = b"\n"

    def __init__(self, factory):
        self.factory = factory
        self.waiting = []
        self.running = self.ended = False

    def lineReceived(self, line):
        self.waiting.append(line.decode("ascii"))
        self.next()

    def next(self):
        if self.running:
            return
        if self.waiting:
            self.running = True
            self.factory.run(self.waiting.pop(0), self.case_done)
        elif self.ended:
            stop_when_idle(self.factory)

    def case_done(self):
        self.running = False
        self.next()

    def connectionLost(self, reason=None):
        self.ended = True
        self.next()


class UntilEnd(LineReceiver):
    """Standard input of `listen`: nothing comes, its end is the order to stop."""

    def __init__(self, factory):
        self.factory = factory

    def connectionLost(self, reason=None):
        stop_when_idle(self.factory)


def stop_when_idle(factory, tries=100):
    """Lets connections that are about to end say so, for a second at most."""
    if factory.live and tries:
        reactor.callLater(0.01, stop_when_idle, factory, tries - 1)
    elif reactor.running:
        reactor.stop()


def say(*fields):
    print(*fields, sep="\t", flush=True)


def log_faults():
    """A fault in the suite itself must be seen, not only fail its case."""
    observer = FilteringLogObserver(
        textFileLogObserver(sys.stderr), [LogLevelFilterPredicate(LogLevel.error)])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


def main():
    mode, *args = sys.argv[1:]
    if mode == "list":
        for case, kind in CASE_SET.CasesById.items():
            say(case, getattr(kind, "LEN", 0) * getattr(kind, "COUNT", 0))
        return
    log_faults()
    if mode == "connect":
        factory = ClientFactory(*args)
        stdio.StandardIO(CaseQueue(factory))
    elif mode == "listen":
        factory = ServerFactory(args[0], args[1], args[2:])
        port = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
        factory.setSessionParameters(url=f"ws://127.0.0.1:{port}")
        stdio.StandardIO(UntilEnd(factory))
        print(f"listening on 127.0.0.1:{port}", flush=True)
    else:
        sys.exit(f"unknown mode {mode}")
    reactor.run()


if __name__ == "__main__":
    main()
