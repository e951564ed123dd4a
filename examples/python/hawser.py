"""A small Hawser client, written from docs/PROTOCOL.md and shared/proto/hawser.proto alone.

    HAWSER_TOKEN=... python3 hawser.py tcp://127.0.0.1:7400 alice.db
    bob hello                      a line of standard input: to whom, and what

It prints a line of JSON for each thing that happens. What it has been given, what it has to send
and who it is are in the state file, so it may be killed at any moment and goes on where it was.
The letters and numbers in the comments are clauses of docs/PROTOCOL.md.
"""
import json, os, queue, random, select, socket, sqlite3, struct, sys, threading, time, uuid
from urllib.parse import urlsplit

LOGIN, LOGIN_ACK, PING, SEND, SEND_ACK, DELIVER, DELIVER_ACK = 1, 2, 5, 7, 8, 9, 10
SYNC, SYNC_ACK, GAP, GOAWAY, ERROR, CLOSE = 11, 12, 16, 18, 19, 20
PERSON, AUTOMATIC, DESKTOP = 0, 1, 3
AGAIN = {"rate_limited", "storage_unavailable", "internal_error"}  # the table of codes: E5
FRESH_TOKEN, REPLACED, LOST, FRAME_TOO_LARGE = range(4100, 4200), 4205, 4008, 1009
STOP = {*range(4200, 4300), FRAME_TOO_LARGE} - {REPLACED}  # nobody has this copy's instance_id: L4
MAX_IN_FLIGHT, MAX_FRAME = 64, 64 << 20
LOGIN_SECONDS = REQUEST_SECONDS = STABLE_SECONDS = 10  # E2a
UNANSWERED_SECONDS, PROBE_SECONDS = 4, 5  # H3


# Protobuf: what is 0 or empty is left out (F5).
def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return nested(number, value.encode() if isinstance(value, str) else value) if value else b""


def nested(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def number(body, at):
    """The varint at that place, and where it ends."""
    value = shift = 0
    while body[at] > 127:
        value, shift, at = value | (body[at] & 127) << shift, shift + 7, at + 1
    return value | body[at] << shift, at + 1


def fields(body):
    """The fields of a message: a list of values for each number; those that are unknown do no harm (F4)."""
    found, at = {}, 0
    while at < len(body):
        tag, at = number(body, at)
        if tag & 7 == 0:
            value, at = number(body, at)
        else:
            length, at = (8, at) if tag & 7 == 1 else (4, at) if tag & 7 == 5 else number(body, at)
            value, at = body[at : at + length], at + length
        found.setdefault(tag >> 3, []).append(value)
    return found


def text(message, number):
    return message.get(number, [b""])[-1].decode()


def whole(message, number):
    return message.get(number, [0])[-1]


def direct_conversation(a, b):
    """N3, N3a: in the order of UTF-16 code units."""
    first, second = sorted((a, b), key=lambda user: user.encode("utf-16-be"))
    return "/".join(["dm", *(user.replace("%", "%25").replace("/", "%2F") for user in (first, second))])


class Store:
    """What is kept on the device (R9). A message and the cursor that counts it are one transaction."""

    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.executescript(
            """CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value);
            CREATE TABLE IF NOT EXISTS cursor (conversation TEXT PRIMARY KEY, seq, epoch, digest);
            CREATE TABLE IF NOT EXISTS message (conversation, seq, sender, content, PRIMARY KEY (conversation, seq));
            CREATE TABLE IF NOT EXISTS outbox (place INTEGER PRIMARY KEY, id UNIQUE, to_user, content, waits DEFAULT 1);"""
        )
        self.cursors = {name: tuple(cursor) for name, *cursor in self.db.execute("SELECT * FROM cursor")}

    def get(self, name, default):
        row = self.db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def put(self, name, value):
        self.db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def cursor(self, conversation):
        return self.cursors.get(conversation, (0, 0, 0))

    def move(self, conversation, seq, epoch, digest):
        self.cursors[conversation] = seq, epoch, digest
        self.db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)", (conversation, seq, epoch, digest))


class Ended(Exception):
    def __init__(self, number, reason):
        super().__init__(reason)
        self.number = number


class Client:
    def __init__(self, url, token, state, told, inbox):
        self.url, self.token, self.told, self.inbox = urlsplit(url), token, told, inbox
        self.store = Store(state)
        self.device = self.store.get("device", None) or uuid.uuid4().hex
        self.store.put("device", self.device)
        self.store.db.commit()
        self.instance, self.intent = uuid.uuid4().hex, PERSON  # L3, L5
        self.request, self.news = 0, []

    def run(self):
        """Keeps one connection until a close says stop (E2)."""
        attempt, tried_fresh = 0, False
        while True:
            self.socket = self.come_back = self.online_since = None
            self.had_session = False
            try:
                self.connection()
            except (Ended, OSError, IndexError, KeyError, UnicodeDecodeError) as error:
                number = error.number if isinstance(error, Ended) else LOST
                self.keep()
                if self.socket:
                    self.socket.close()
                self.told(event="ended", number=number, reason=str(error))
            if self.online_since and time.monotonic() - self.online_since >= STABLE_SECONDS:
                attempt, tried_fresh = 0, False
            if number in STOP:
                return number
            if number in FRESH_TOKEN and not tried_fresh:
                tried_fresh = True
                continue
            wait = random.random() * min(30, 0.5 * 2**attempt)  # E2a
            attempt += 1
            if self.come_back:  # E4
                wait = self.come_back if self.had_session else self.come_back + wait
            time.sleep(wait)

    def connection(self):
        self.socket = socket.create_connection((self.url.hostname, self.url.port), LOGIN_SECONDS)
        self.bytes, self.acked = b"", {}
        self.sent_at = self.heard_at = time.monotonic()
        self.probed_at, self.in_flight, self.paused_until, self.sync_after = None, {}, 0, 0
        self.log_in()
        self.synchronize()
        while True:
            self.take_lines()
            self.ask_next()
            self.send_waiting()
            self.look_at_time()
            for command, request, body in self.frames(0.1):
                self.frame(command, request, fields(body))
            self.keep()
            self.acknowledge()

    def write(self, command, body=b"", answered=True):
        self.request = self.request % 0xFFFFFFFF + 1 if answered else self.request  # F6
        request = self.request if answered else 0
        self.socket.settimeout(LOGIN_SECONDS)
        self.socket.sendall(struct.pack(">IBBHI", 8 + len(body), 1, command, 0, request) + body)
        self.sent_at = time.monotonic()
        return request

    def frames(self, seconds):
        """What has arrived by then: all whole frames of one read."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return []
        chunk = self.socket.recv(1 << 16)
        if not chunk:
            raise Ended(LOST, "the connection ended without a close")
        self.bytes += chunk
        self.heard_at, self.probed_at = time.monotonic(), None
        found = []
        while len(self.bytes) >= 12:
            length, version, command, _, request = struct.unpack_from(">IBBHI", self.bytes)
            if version != 1 or not 8 <= length <= MAX_FRAME:
                raise Ended(LOST, "the bytes are no frame")
            if len(self.bytes) < 4 + length:
                break
            found.append((command, request, self.bytes[12 : 4 + length]))
            self.bytes = self.bytes[4 + length :]
        return found

    def log_in(self):
        generation, ticket = self.store.get("generation", 0), self.store.get("ticket", "")
        parts = (self.token(), self.device, DESKTOP, self.instance, self.intent, generation, "hawser.py/1", ticket)
        self.write(LOGIN, b"".join(field(at, part) for at, part in enumerate(parts, 1)))
        deadline = time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline:
            for command, _, body in self.frames(deadline - time.monotonic()):
                message = fields(body)
                if command == LOGIN_ACK:
                    self.had_session, self.intent, self.user = True, AUTOMATIC, text(message, 2)
                    self.heartbeat = whole(message, 4) / 1000
                    self.store.put("generation", whole(message, 3))
                    self.store.put("ticket", text(message, 7))
                    self.store.db.commit()
                    return
                if command == ERROR:  # E5: no session came of it
                    raise Ended(LOST if text(message, 1) in AGAIN else 4202, text(message, 2))
                self.frame(command, 0, message)
        raise Ended(LOST, "no answer to LOGIN")

    def synchronize(self):
        """After a login, and after a GAP of everything (R5, R6): the list first, then what has moved."""
        self.syncing, self.wants_list, self.list_cursor, self.listed = True, True, "", set()
        self.pulls, self.own, self.asked = [], {}, None
        self.in_flight.clear()  # all is sent again: S3

    def frame(self, command, request, message):
        if command == DELIVER:
            self.deliver(message)
        elif command == SEND_ACK:
            self.sent(request, message)
        elif command == SYNC_ACK and self.asked and request == self.asked[0]:
            self.asked = None
            self.page(fields(message[1][0])) if 1 in message else self.list(fields(message[2][0]))
        elif command == GAP:
            self.pull(text(message, 1)) if text(message, 1) else self.synchronize()
        elif command == ERROR:
            self.refused(request, text(message, 1), text(message, 2), whole(message, 4) / 1000)
        elif command == GOAWAY:
            self.come_back = whole(message, 2) / 1000
        elif command == CLOSE:
            raise Ended(whole(message, 1), text(message, 2))

    def pull(self, conversation):
        if conversation not in self.pulls:
            self.pulls.append(conversation)

    def show(self, message):
        """The next entry of its conversation: kept together with the cursor, and acknowledged later (R9)."""
        conversation, seq, sender, its_id = text(message, 1), whole(message, 2), text(message, 4), text(message, 5)
        content = message.get(8, [b""])[-1]
        self.store.move(conversation, seq, self.store.cursor(conversation)[1], whole(message, 9))
        self.store.db.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?)", (conversation, seq, sender, content))
        self.acked[conversation] = seq
        mine = sender == self.user and self.store.db.execute("SELECT 1 FROM outbox WHERE id = ?", (its_id,)).fetchone()
        if 11 not in message and not mine:  # a change is passed over, and one's own was told by its ack
            self.news.append(dict(event="message", conversationId=conversation, seq=seq, sender=sender,
                                  clientMessageId=its_id, text=content.decode(errors="replace")))

    def deliver(self, message):
        conversation, seq = text(message, 1), whole(message, 2)
        if self.syncing:
            return self.pull(conversation)  # R6: held back, here by pulling it in its turn
        cursor = self.store.cursor(conversation)[0]
        if seq == cursor + 1:
            self.show(message)
            self.drain(conversation)
        elif seq > cursor:
            self.pull(conversation)  # R2: a hole
        else:
            self.acked[conversation] = cursor  # it came again, for the acknowledgement had not arrived

    def drain(self, conversation):
        """Own messages that come next: their SEND_ACK told all (R2)."""
        own = self.own.get(conversation, {})
        for seq in sorted(own):
            cursor, epoch, _ = self.store.cursor(conversation)
            if seq > cursor + 1:
                return self.pull(conversation)
            digest = own.pop(seq)
            if seq > cursor:
                self.store.move(conversation, seq, epoch, digest)

    def sent(self, request, message):
        if request not in self.in_flight:
            return
        place, its_id, _ = self.in_flight.pop(request)
        conversation, seq = text(message, 1), whole(message, 2)
        self.store.db.execute("UPDATE outbox SET waits = 0 WHERE place = ?", (place,))
        self.news.append(dict(event="sent", conversationId=conversation, seq=seq, sender=self.user, clientMessageId=its_id,
                              duplicate=bool(whole(message, 6))))
        self.own.setdefault(conversation, {})[seq] = whole(message, 7)
        self.drain(conversation)

    def refused(self, request, code, reason, wait):
        if self.asked and request == self.asked[0]:
            conversation, self.asked = self.asked[1], None
            if code in AGAIN:
                self.sync_after = time.monotonic() + (wait or 1)
                self.wants_list = self.wants_list or not conversation
                if conversation:
                    self.pulls.insert(0, conversation)
            elif code != "conversation_unknown":  # of that one nothing is ours any more: Y4
                raise Ended(LOST, f"the sync failed: {reason}")
        elif request in self.in_flight:
            place, its_id, _ = self.in_flight.pop(request)
            if code in AGAIN:
                self.paused_until = time.monotonic() + (wait or 1)  # nothing newer overtakes it: S8
            else:
                self.store.db.execute("UPDATE outbox SET waits = 0 WHERE place = ?", (place,))
                self.news.append(dict(event="refused", clientMessageId=its_id, code=code, reason=reason))

    def ask_next(self):
        """One SYNC at a time: the list, page by page, then each conversation that has to be pulled."""
        if self.asked or time.monotonic() < self.sync_after:
            return
        if self.wants_list:
            self.wants_list = False
            self.ask("", nested(2, field(1, self.list_cursor)))
        elif self.pulls:
            conversation = self.pulls.pop(0)
            seq, epoch, digest = self.store.cursor(conversation)
            query = field(1, conversation) + field(4, seq) + field(6, epoch) + field(7, digest)
            self.ask(conversation, nested(1, query))
        elif self.syncing:
            self.syncing = False
            self.online_since = self.online_since or time.monotonic()
            self.store.put("begun", 1)
            self.news.append(dict(event="online", user=self.user))

    def ask(self, conversation, body):
        self.asked = (self.write(SYNC, body), conversation, time.monotonic())

    def list(self, answer):
        begun = self.store.get("begun", 0)
        for row in map(fields, answer.get(1, [])):
            name, last, delivered, epoch, digest = text(row, 1), whole(row, 3), whole(row, 5), whole(row, 10), whole(row, 11)
            known = self.store.cursor(name)
            start = whole(row, 15)  # Y8
            if name not in self.store.cursors and not begun:  # R8: a first install
                start = max(start, whole(row, 4), delivered)
            seq, its_epoch, its_digest = known if known[0] >= start else (start, known[1], 0)
            self.store.move(name, seq, its_epoch or epoch, its_digest)
            self.listed.add(name)
            if seq != last or its_epoch not in (0, epoch) or (its_digest and digest not in (0, its_digest)):
                self.pull(name)
            elif delivered < last and begun:
                self.acked[name] = last  # R3: the acknowledgement was lost
        self.list_cursor = text(answer, 2)
        self.wants_list = self.list_cursor != ""
        if not self.wants_list:  # Y6: what it knows and the list has no more
            for name in self.store.cursors.keys() - self.listed:
                self.pull(name)

    def page(self, page):
        conversation, start, epoch = text(page, 1), whole(page, 7), whole(page, 5)
        seq, _, digest = self.store.cursor(conversation)
        if whole(page, 6):  # Y6: the log is not what it was
            self.store.db.execute("DELETE FROM message WHERE conversation = ? AND seq > ?", (conversation, start))
            self.own.pop(conversation, None)
            self.news.append(dict(event="discontinuity", conversationId=conversation, fromSeq=start))
        if whole(page, 6) or start > seq:
            seq, digest = start, digest if start == seq else 0
        self.store.move(conversation, seq, epoch, digest)
        for message in map(fields, page.get(2, [])):
            if whole(message, 2) > self.store.cursor(conversation)[0]:
                self.show(message)
        if whole(page, 3) and self.store.cursor(conversation)[0] > start:
            self.pulls.insert(0, conversation)
        else:
            self.drain(conversation)

    def keep(self):
        """What has come is kept, and then told; it is acknowledged after that (R9)."""
        self.store.db.commit()
        for each in self.news:
            self.told(**each)
        self.news.clear()

    def acknowledge(self):
        """R3: all that one read brought, by one frame."""
        names = list(self.acked)[:1000]
        if names:
            positions = (nested(1, field(1, name) + field(2, self.acked.pop(name))) for name in names)
            self.write(DELIVER_ACK, b"".join(positions), answered=False)

    def take_lines(self):
        """What is to be sent is kept before it is sent for the first time (R9)."""
        while not self.inbox.empty():
            to, content = self.inbox.get()
            self.store.db.execute("INSERT INTO outbox (id, to_user, content) VALUES (?, ?, ?)", (uuid.uuid4().hex, to, content.encode()))
        self.store.db.commit()

    def send_waiting(self):
        if self.syncing or time.monotonic() < self.paused_until:
            return
        under_way = {place for place, _, _ in self.in_flight.values()}
        oldest = self.store.db.execute("SELECT place, id, to_user, content FROM outbox WHERE waits ORDER BY place LIMIT ?", (MAX_IN_FLIGHT,))
        for place, its_id, to, content in oldest.fetchall():
            if place not in under_way:
                body = field(1, its_id) + field(2, to) + field(4, "text/plain") + field(5, content)
                self.in_flight[self.write(SEND, body)] = place, its_id, time.monotonic()

    def look_at_time(self):
        now = time.monotonic()
        if self.probed_at and now - self.probed_at > PROBE_SECONDS:
            raise Ended(LOST, "no answer to PING")
        if self.asked and now - self.asked[2] > REQUEST_SECONDS:
            raise Ended(LOST, "no answer to SYNC")
        oldest = min((at for _, _, at in self.in_flight.values()), default=now)
        doubts = now - max(self.heard_at, oldest) > UNANSWERED_SECONDS  # H3
        if not self.probed_at and (doubts or self.heartbeat and now - self.sent_at > self.heartbeat / 2):  # H1
            self.probed_at = now
            self.write(PING)


def main():
    url, state = sys.argv[1:]
    lines = queue.Queue()

    def read():
        for line in sys.stdin:
            lines.put(line.rstrip("\n").partition(" ")[::2])

    threading.Thread(target=read, daemon=True).start()
    client = Client(url, lambda: os.environ["HAWSER_TOKEN"], state, lambda **what: print(json.dumps(what), flush=True), lines)
    sys.exit(f"closed with {client.run()}")


if __name__ == "__main__":
    main()
