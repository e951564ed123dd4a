import { type BodyOf, Command } from '../../shared/commands.ts'
import { CloseError, RequestError } from '../../shared/errors.ts'
import { decodeRequest, type Frame } from '../../shared/frame.ts'
import type { Connection } from '../sessions/connection.ts'
import type { Session } from '../sessions/session.ts'
import { type DeliverAckParts, deliverAck } from './deliver-ack.ts'
import { type LoginParts, login } from './login.ts'
import { logout } from './logout.ts'
import { ping } from './ping.ts'
import { type PublishParts, publish } from './publish.ts'
import { type QueryParts, query } from './query.ts'
import { type ReadParts, read } from './read.ts'
import { type RoomParts, room } from './room.ts'
import { type SendParts, send } from './send.ts'
import { type SyncParts, sync } from './sync.ts'
import { type TypingParts, typing } from './typing.ts'
import { type WatchParts, watch } from './watch.ts'

/** What all handlers take together. */
export type HandlerParts = LoginParts &
  SendParts &
  DeliverAckParts &
  SyncParts &
  QueryParts &
  ReadParts &
  TypingParts &
  WatchParts &
  RoomParts &
  PublishParts

/** A handler that waits for something returns a promise; the hot ones do not. */
type Handled = Promise<void> | undefined

interface OpenRoute<C extends Command> {
  readonly needs: 'connection'
  handle(parts: HandlerParts, connection: Connection, requestId: number, body: BodyOf<C>): Handled
}
interface SessionRoute<C extends Command> {
  readonly needs: 'session'
  handle(parts: HandlerParts, session: Session, requestId: number, body: BodyOf<C>): Handled
}
/** Asks the log, so it takes its turn among the session's other questions (Y5). */
interface QueuedRoute<C extends Command> {
  readonly needs: 'turn'
  handle(parts: HandlerParts, session: Session, requestId: number, body: BodyOf<C>): Promise<void>
}
type Route<C extends Command> = OpenRoute<C> | SessionRoute<C> | QueuedRoute<C>

const open = <C extends Command>(handle: OpenRoute<C>['handle']): OpenRoute<C> => ({ needs: 'connection', handle })
const session = <C extends Command>(handle: SessionRoute<C>['handle']): SessionRoute<C> => ({ needs: 'session', handle })
const queued = <C extends Command>(handle: QueuedRoute<C>['handle']): QueuedRoute<C> => ({ needs: 'turn', handle })

/** The one gate: every command that a client may send, its handler, and what it needs. */
const ROUTES: { readonly [C in Command]?: Route<C> } = {
  [Command.LOGIN]: open<typeof Command.LOGIN>(login),
  [Command.PING]: open<typeof Command.PING>(ping),
  [Command.LOGOUT]: session<typeof Command.LOGOUT>(logout),
  [Command.SEND]: session<typeof Command.SEND>(send),
  [Command.DELIVER_ACK]: session<typeof Command.DELIVER_ACK>(deliverAck),
  [Command.SYNC]: queued<typeof Command.SYNC>(sync),
  [Command.QUERY]: queued<typeof Command.QUERY>(query),
  [Command.READ]: queued<typeof Command.READ>(read),
  [Command.TYPING]: session<typeof Command.TYPING>(typing),
  [Command.WATCH]: queued<typeof Command.WATCH>(watch),
  [Command.ROOM]: session<typeof Command.ROOM>(room),
  [Command.PUBLISH]: session<typeof Command.PUBLISH>(publish),
}

/** Takes one frame to its handler. What goes wrong costs this connection only. */
export function dispatch(parts: HandlerParts, connection: Connection, frame: Frame): void {
  try {
    route(parts, connection, frame)?.catch((error: unknown) => answerError(parts, connection, frame, error))
  } catch (error) {
    answerError(parts, connection, frame, error)
  }
}

function route(parts: HandlerParts, connection: Connection, frame: Frame): Handled {
  const command = frame.command as Command
  const route = ROUTES[command] as Route<Command> | undefined
  // L1: before LOGIN_ACK nothing but LOGIN and PING, whatever it is.
  if (route?.needs !== 'connection' && !connection.session) throw new CloseError('login_required')
  if (!route) throw new RequestError('command_unknown', `Command ${frame.command} is none that a client sends.`)
  const body = decodeRequest(command, frame.body)
  if (route.needs === 'connection') return route.handle(parts, connection, frame.requestId, body)
  const session = connection.session as Session
  if (route.needs === 'session') return route.handle(parts, session, frame.requestId, body)
  return session.requests.run(() => route.handle(parts, session, frame.requestId, body))
}

function answerError(parts: HandlerParts, connection: Connection, frame: Frame, error: unknown): void {
  if (error instanceof RequestError) return connection.refuse(frame.requestId, error)
  if (error instanceof CloseError) return connection.close(error.code, error.message)
  parts.logger.error({ err: error, command: frame.command }, 'handler failed')
  connection.refuse(frame.requestId, new RequestError('internal_error', 'The server failed at this request.', { retryAfterMs: 1000 }))
}
