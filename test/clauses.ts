/**
 * Where each clause of docs/PROTOCOL.md is held: what it says, and the test that fails when it is
 * broken, as its file below test/ and its name (or, where the name is made, a part of it as it is
 * written in the file). A clause that is new gets a line here, and test/clauses.test.ts asks for it.
 */
export const CLAUSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  F1: {
    'a length over the cap, or below 8, closes': 'shared/frame.test.ts: $name closes with $code at every split',
    'no memory for what is only announced': 'shared/frame.test.ts: an announced length takes no memory before its bytes come',
  },
  F2: { 'another version closes': 'doors.test.ts: $name: $code' },
  F3: {
    'half a frame in a message closes': 'hostile/floods.test.ts: inside WebSocket messages',
    'a text that is not ping closes': 'edge/bridge.test.ts: is closed for a text message',
  },
  F4: {
    'a bad body is an error, and the connection lives': 'doors.test.ts: malformed input costs its sender only',
    'unknown fields are passed over': 'shared/frame.test.ts: valid vector: $name',
  },
  F5: {
    'numbers and text out of their range are malformed': 'shared/values.test.ts: every fault of a body is told in a whole sentence',
    'repeated fields have a limit': 'shared/values.test.ts: as many as the limit are read, one more is refused',
    'lone surrogates are no text': 'operations/names.test.ts: a lone surrogate is no UTF-8: the body is malformed',
  },
  F6: { 'answers have the number of their request': 'pipelined.test.ts: SENDs that wait for no answer keep their order' },
  F7: { 'frames are taken in the order of the wire': 'pipelined.test.ts: SENDs that wait for no answer keep their order' },
  D1: {
    'no upgrade without the subprotocol': 'edge/doors.test.ts: is refused without the subprotocol',
    'only that entry is echoed': 'edge/doors.test.ts: echoes only the subprotocol of the protocol, and compresses nothing',
  },
  D2: {
    'a page is told by a close': 'refusals.test.ts: a page sees code and reason, and one of another site that it may not',
    "at the core's own door too": 'refusals.test.ts: a page is told why it stays out, and the door holds no place for it',
  },
  D3: { 'LOGIN by every door': 'doors.test.ts: a message reaches a user by the %s door, after its ack' },
  D4: {
    'TLS 1.2 and 1.3': 'connections/tls.test.ts: TLS 1.3 and 1.2 are spoken, with ALPN hawser',
    'other ALPN is refused, none is taken': 'connections/tls.test.ts: another ALPN protocol is refused, none at all is taken',
  },
  L1: {
    'nothing but LOGIN and PING before': 'doors.test.ts: $name: $code',
    'LOGIN in time': 'connections/timeouts.test.ts: without LOGIN: login_timeout, PING or not',
  },
  L2: {
    'claims and clocks': 'shared/token.test.ts: with an Ed25519 key',
    'a secret has 32 bytes': 'shared/token.test.ts: HS256',
    'a JWKS that is away': 'shared/jwks.test.ts: while the JWKS is away for hours, what it had goes on',
    'an unknown key is a reason to come back': 'shared/jwks.test.ts: a key that is not there (yet) is a reason to come back, never to stop',
    'a withdrawn key is refused': 'shared/jwks.test.ts: a key that is taken out of the JWKS is refused from the next look on',
  },
  L3: {
    'device_class is required': 'doors.test.ts: $name: $code',
    'and the LOGIN may be sent again': 'pipelined.test.ts: a LOGIN whose field is refused may be sent again',
    'ids are checked': 'operations/names.test.ts: N5: LOGIN',
    'an empty instance_id is a name': 'pipelined.test.ts: an empty instance id is a name like any other',
    'tabs are copies on one device': "page-tabs.test.ts: README's first example lives in several tabs of one browser",
    'users of a browser have devices of their own':
      'page-tabs.test.ts: who signs in after another in one browser is on a device of his own',
  },
  L4: {
    'one too many ends the oldest, with KICK': 'doors.test.ts: a login on another device of the class displaces, and tells who',
    'counts of every policy': 'core/login-policy.test.ts: there are never more devices than the counts say',
    'the same instance replaces itself': 'doors.test.ts: the same instance come back replaces its older session',
    'replaced by an attempt of its own':
      'client/connecting.test.ts: L4: replaced by an attempt of its own that came late, the client comes back',
  },
  L5: { 'no kicking in turns': 'connections/storm.test.ts: live: exactly one kick, then quiet; also after the core was killed' },
  L6: { 'LOGOUT closes': 'doors.test.ts: logout closes with logged_out' },
  L7: {
    'renewal by every door': 'connections/renewal.test.ts: L7: by the %s door a renewal',
    'a session ends with its token': 'connections/expiry.test.ts: L7: by %s a session ends with its token, and one that renewed goes on',
  },
  L8: {
    'by whatever door': 'resume.test.ts: goes on by the %s door, without a token',
    'for the same device and instance': 'resume.test.ts: a ticket is for the device and the instance that it was given to',
    'it ends': 'resume.test.ts: L8: by the %s door the ticket of a session',
  },
  L9: { 'a client goes by the date of the server': 'client/server-date.test.ts: test.each([-10 * MINUTE' },
  L10: {
    'told in LOGIN_ACK': 'client/limits.test.ts: test.each<DoorName>',
    'over a limit an error first, and time to read it':
      'connections/rates.test.ts: is told first, goes on after retry_after_ms, and is closed when it does not heed',
    'a client keeps within': 'client/send-budget.test.ts: L10: in no second more is sent than the server takes',
  },
  H1: {
    'PING and PONG': 'client/heartbeat.test.ts: H1: a ping each interval; two without an answer, and the connection is dead',
    'silence ends a session': 'connections/timeouts.test.ts: a session that falls silent: heartbeat_timeout; one with heartbeats lives',
  },
  H2: { 'text ping and pong': 'edge/bridge.test.ts: answers the heartbeat of browsers and cores with text' },
  H3: {
    'asks at once': 'client/dead-line.test.ts: is noticed by a send that is not acknowledged, which then arrives once',
    'and drops after 5 s': 'client/probe.test.ts: H3: a ping at once, and the connection is dead if nothing at all is heard for 5 s',
    'longer for what is on its way': 'client/probe.test.ts: what is on its way is waited for: 64 KiB of a send 16 s more',
  },
  N1: { 'what no user id has': 'shared/characters.test.ts: N1: no user id has %j' },
  N2: { 'every character that is in no text': 'shared/characters.test.ts: N2: every character that is in no %s is found, and no other' },
  N3: {
    'the names of conversations': 'shared/names.test.ts: the conversation of $users is $conversationId',
    'and what is none': 'shared/names.test.ts: $conversationId is no conversation: $why',
  },
  N3a: { 'by code units, without normalisation': 'shared/names.test.ts: the conversation of $users is $conversationId' },
  N4: { '1 to 64 bytes': 'doors.test.ts: $name: $code' },
  N5: {
    'wherever it stands': 'operations/names.test.ts: is refused by its name where it cannot be',
    'TYPING and DELIVER_ACK pass over it':
      'operations/names.test.ts: N5: TYPING and DELIVER_ACK pass over what cannot be, and the session lives',
    'what an older server stored': 'messages/old-names.test.ts: N5: what is stored under the user id %j is read by it',
  },
  N6: { 'limits of text, in bytes': 'operations/names.test.ts: is refused by its name where it cannot be' },
  S1: {
    'fields and their limits': 'doors.test.ts: $name: $code',
    'an empty type is plain text': 'pipelined.test.ts: a message without a content type is plain text, and so is its edit',
  },
  S2: { 'acknowledged is on disk': 'kill.test.ts: test' },
  S3: {
    'the same again': 'doors.test.ts: sent again it gets the first ack, and nobody sees it twice',
    'all again after a reconnect': 'client/sending.test.ts: S3: what was not acknowledged is sent again after a reconnect',
  },
  S4: { 'no holes': 'simulation/simulation.test.ts: 2,000 worlds keep every promise' },
  S5: {
    details: 'operations/operations.test.ts: testOperations',
    'it disappears': 'messages/expiry.test.ts: S5: the content is gone from pages, the list and what is unread at its time',
  },
  S6: {
    'at its time': 'messages/due.test.ts: S6: a scheduled message comes at its time, to all sessions also of its sender, and to a group',
    'refused at its time': 'messages/due.test.ts: S6: what is refused at its time stays with its reason',
    'tried again': 'messages/due.test.ts: S6: what is refused for a time is tried again when that is over',
    'at most 100': 'messages/scheduled.test.ts: only its sender takes it back, and a hundred wait at most',
  },
  S7: {
    'under way': 'core/intake.test.ts: who sends while 32 MiB wait is read no further until only 8 are left',
    'by the edge an error': 'core/intake.test.ts: where a source cannot wait alone, its user is refused instead, and nobody waits',
    'his part of the time': 'core/loop-time.test.ts: who takes more of the event loop than his part waits until it is paid for',
  },
  S8: {
    'order, and no hole by an error': 'pipelined.test.ts: SENDs that wait for no answer keep their order',
    'order while a policy is asked': 'messages/policy.test.ts: while it is asked, what goes there keeps its order and all else passes',
    'nothing newer before a retry': 'client/sending.test.ts: while a send waits for its retry nothing newer is sent; then it goes first',
  },
  C1: { 'a change alone': 'operations/operations.test.ts: testOperations' },
  C2: { 'pages tell what has become': 'operations/permissions.test.ts: after any history everybody sees what the model says' },
  C3: { 'not unread': 'operations/counts.test.ts: unread and mentions agree with a recount of the log after any history' },
  G1: { create: 'operations/operations.test.ts: testOperations' },
  G2: { roles: 'operations/permissions.test.ts: after any history everybody sees what the model says' },
  G3: { 'the owner, and a dissolved group': 'operations/exits.test.ts: no two changes make a state that nobody can leave' },
  G4: { join: 'operations/operations.test.ts: testOperations' },
  G5: { 'nothing after leaving': 'operations/live-permissions.test.ts: in any history everybody is pushed what is his to see' },
  G6: { hide_history: 'operations/live-permissions.test.ts: in any history everybody is pushed what is his to see' },
  G7: { mute: 'operations/exits.test.ts: no two changes make a state that nobody can leave' },
  G8: { 'at most so many members': 'operations/operations.test.ts: testOperations' },
  G9: { ban: 'operations/operations.test.ts: testOperations' },
  G10: {
    'who may add him': 'operations/operations.test.ts: testOperations',
    'so many a day': 'messages/adding.test.ts: G10: others put a user into so many groups a day, and into none past so many',
  },
  G11: {
    'add, remove': 'messages/operator.test.ts: members are added and removed, whatever keeps others from it',
    transfer:
      'messages/operator.test.ts: a group is handed over, also to one who is no member yet, and everybody hears of it by every door',
    dissolve: 'messages/operator.test.ts: a group whose owner is banned, and was never there again, is ended by the command line',
  },
  M1: {
    edit: 'operations/operations.test.ts: testOperations',
    'at most 100 times': 'messages/write-bounds.test.ts: M1: a message is edited a hundred times at most',
  },
  M2: { recall: 'operations/operations.test.ts: testOperations' },
  M3: { 'one form of a reaction': 'messages/reaction-forms.test.ts: M3: one kind of reaction, whichever form each gave' },
  M4: { message_unknown: 'operations/operations.test.ts: testOperations' },
  P1: { preference: 'client/conversation.test.ts: what a user keeps for himself is on all his devices' },
  P2: {
    'no receipts': 'ephemeral/blocked-receipts.test.ts: P2: what has arrived and been read tells neither of two',
    'no presence': 'ephemeral/presence.test.ts: P2: a block hides at once, and only the one who blocks',
    'no typing': 'ephemeral/typing.test.ts: P2: not between two of whom one has blocked the other',
    'at most 10,000': 'messages/write-bounds.test.ts: P2: a user blocks ten thousand others at most',
  },
  P3: { contact: 'operations/operations.test.ts: testOperations' },
  P4: { status: 'ephemeral/presence.test.ts: the audience: contacts only, nobody, and back' },
  R1: {
    'to every session but the sending one': "doors.test.ts: the sender's other sessions see it too",
    'after it is on disk': 'simulation/simulation.test.ts: each planted bug is found within 1,000 worlds',
  },
  R2: {
    cursor: 'client/inbox.test.ts: R2: the next is shown, a duplicate is dropped and acknowledged again, a hole is pulled',
    'SEND_ACK moves it': 'client/sending.test.ts: S4: its own message leaves no hole in what the client receives',
  },
  R3: {
    cumulative: 'client/delivery-acks.test.ts: R3: a lone message is acknowledged at once, what follows within the interval together',
    'what was lost is said again': 'client/receiving.test.ts: R3: an acknowledgement that was lost with its connection is said again',
    'SYNC FORWARD opens the window':
      'core/ack-deadline.test.ts: R3: a pull from where it is opens the window, and moves no delivered position',
    'what was pulled too':
      'client/receiving.test.ts: the first login pulls what was not delivered, leaves out own messages and acknowledges all of it',
  },
  R4: { window: 'core/ack-wait.test.ts: past the window a conversation is told of one gap, and is pushed again once all was pulled' },
  R5: {
    'of a conversation': 'client/receiving.test.ts: R5: GAP of a conversation is answered by pulling it to its end',
    'of everything': 'client/receiving.test.ts: R5: GAP without a conversation lists them all',
  },
  R6: { 'held back': 'client/inbox.test.ts: R6: pushes are held until the first sync is done' },
  R7: { deadline: 'core/ack-deadline.test.ts: R7: who does not acknowledge is told to pull, twice, and then closed as stalled' },
  R8: { 'a first install': 'python.test.ts: on a first install is given what reached no device, and not what did' },
  R9: {
    'what is kept outlives a kill':
      'python.test.ts: loses, doubles and swaps nothing while the core is killed and comes again, and so is the client',
  },
  Y1: { pages: 'storage/places.test.ts: from any seq, in either direction and as many as asked for' },
  Y2: {
    'pages of the list': 'messages/answer-sizes.test.ts: Y2: a list of 110 groups with full profiles comes in pages below the bound',
    'own/ is in it': "pipelined.test.ts: SYNC's list has the user's own conversation once something is in it",
  },
  Y3: {
    'READ and its receipts': 'doors.test.ts: history, list and read position',
    'acknowledged is in the list': 'core/settled-positions.test.ts: Y3: by %s, what one copy of a user has acknowledged is listed',
  },
  Y4: { 'not in it is unknown': 'operations/operations.test.ts: testOperations' },
  Y5: {
    'fair turns': 'core/fair-turns.test.ts: who asks for much waits behind himself',
    'answers that are not read':
      'hostile/never-reading.test.ts: peers that ask for pages of 256 KiB and never read one cost a bounded amount',
  },
  Y6: {
    'a log that went back': 'storage/discontinuity.test.ts: test.each<[DoorName, string]>',
    'what a client does': 'client/inbox.test.ts: Y6: after a discontinuity the new truth is shown from where it begins',
  },
  Y7: {
    bounds: 'messages/bounds.test.ts: Y7: no answer is longer than a frame may be; the cursor says where to go on',
    search: 'messages/search.test.ts: filters by conversation, sender and time',
  },
  Y8: { begin_seq: 'client/receiving.test.ts: Y8: what is up to beginSeq is not pulled' },
  T1: { typing: 'ephemeral/typing.test.ts: goes to the sessions of the other, and to none of one’s own' },
  T2: { presence: 'ephemeral/presence.test.ts: coming, another device, going and when, across the doors' },
  T3: { 'one EVENT a second': 'ephemeral/coalescing.test.ts: T3: at most one EVENT of typing and presence a second' },
  T4: { rooms: 'ephemeral/rooms.test.ts: joined, left, told to the others in it, and gone with the last one' },
  T5: { 'it ends with the connection': 'ephemeral/rooms.test.ts: T5: a lost uplink ends it; the browser joins again after the GAP' },
  A1: { announced: 'attachments/storages.test.ts: are refused where they are announced as too large, or not rightly' },
  A2: {
    'whole or not': 'attachments/storages.test.ts: are kept whole or not at all',
    'written once': 'attachments/storages.test.ts: are published once: an upload that was held meanwhile replaces nothing',
    'no standstill': 'attachments/storages.test.ts: end when they come to a standstill, and leave nothing',
  },
  A3: { 'parts and links': 'attachments/storages.test.ts: come by a link without a token, each by its own' },
  A4: { 'a good token': 'attachments/storages.test.ts: are for those with a good token only' },
  A5: { 'no file runs': 'attachments/storages.test.ts: of type %s are saved and never shown' },
  A6: { 'the message': 'attachments/parts.test.ts: the message of an attachment' },
  A7: { refusals: 'attachments/browser.test.ts: a page shows a picture by its link, and is told what was refused' },
  A8: { quotas: 'attachments/quota.test.ts: have so many bytes a day for a user, of which what was broken off is none' },
  E1: { 'an error answers one request': 'client/sending.test.ts: E1: an error rejects its request; one that may pass is tried again' },
  E2: {
    'ranges are advice': "shared/names.test.ts: every close code's range is its advice",
    'what a client does': 'client/connecting.test.ts: E2: after the close %s the client stops',
  },
  E2a: {
    'the numbers': 'client/backoff.test.ts: E2a: the numbers of the client are those of the document',
    'fresh-token once at once':
      'client/connecting.test.ts: E2: an expired token is fetched anew at once, and with back-off where that does not help',
    'full jitter': 'client/backoff.test.ts: the jitter is full: from nothing up to the ceiling',
  },
  E3: { 'not both': 'doors.test.ts: malformed input costs its sender only' },
  E4: { GOAWAY: 'client/connecting.test.ts: GOAWAY puts off the return; a person who asks need not wait' },
  E5: {
    again: 'shared/names.test.ts: a request is sent again after no error but those that say so (E5)',
    'a LOGIN that is refused': 'client/connecting.test.ts: a refused LOGIN ends it with what was wrong',
  },
  V1: { 'decoded and encoded': 'shared/frame.test.ts: valid vector: $name encodes to the same bytes' },
  V2: { 'answered by their code': 'doors.test.ts: $name: $code' },
  V3: { names: 'shared/names.test.ts: what $user keeps is in $conversationId' },
  V4: { 'played again': 'session.test.ts: a core takes and says the session of docs/WRITE-A-CLIENT.md' },
  V5: {
    "a client's own messages": 'support/history.test.ts: a client sees what its user sent on another one, and not what it sent itself',
  },
  U1: {
    'good once': 'edge/doors.test.ts: is refused with a token that was used before',
    'clocks apart': 'edge/skew.test.ts: %d s ahead is taken, and not twice',
  },
  U2: { 'channels and frames': 'edge/bridge.test.ts: pass unchanged both ways, one WebSocket message each' },
  U3: { 'a newer uplink makes the older void': 'edge/outage.test.ts: a newer uplink makes the older one void, and its frames with it' },
  U4: { announced: 'edge/outage.test.ts: the browsers stay, and are announced again with their tickets' },
  U5: { 'a ticket that is too long': 'edge/bridge.test.ts: loses the one browser whose ticket is too long to be kept' },
  U6: { 'announced again': 'edge/outage.test.ts: the browsers stay, and are announced again with their tickets' },
  U7: { 'one body for many': 'edge/bridge.test.ts: go to many browsers from one body' },
  U8: { closes: 'edge/bridge.test.ts: of the core reach the browser with code and reason, which is cut to what fits' },
  U9: { 'without a core': 'edge/outage.test.ts: a browser without a session may say 16 KiB and no more' },
  U10: { drain: 'edge/cores.test.ts: a core that drains gives its browsers to the next' },
  U11: { 'one core has them': 'edge/cores.test.ts: the core that began first has the browsers, and one that began later stands by' },
  U12: { flow: 'edge/flow.test.ts: a browser may have 4 MiB on the way, and as much again as the core has received' },
  U13: {
    STATUS: 'edge/hibernation.test.ts: hibernates, whatever the heartbeats, and wakes with all its sockets and no number given twice',
  },
  U14: { 'a fault ends one channel': 'edge/bridge.test.ts: loses the one browser whose ticket is too long to be kept' },
}
