import { randomUUID } from 'node:crypto'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import type { Change, FleetingEvent, Presence } from '../../shared/gen/hawser.ts'
import type { WirePeer } from '../support/wire-peer.ts'

let nextId = 1000

/** Asks, and gives the body of the answer; throws where it is another. */
export async function asked<C extends Command, A extends Command>(
  peer: WirePeer,
  command: C,
  body: BodyOf<C>,
  answer: A,
): Promise<BodyOf<A>> {
  const frame = await peer.ask(command, nextId++, body)
  if (frame.command === answer) return decodeBody(answer, frame.body)
  const said = frame.command === Command.ERROR ? decodeBody(Command.ERROR, frame.body) : frame
  throw new Error(`the answer was ${JSON.stringify(said)}`)
}

/** Asks for what is refused, and gives the code and the field. */
export async function refused<C extends Command>(peer: WirePeer, command: C, body: BodyOf<C>): Promise<string> {
  const { code, field } = await asked(peer, command, body, Command.ERROR)
  return `${code} ${field}`.trim()
}

export function say(peer: WirePeer, toUser: string, text = 'hello') {
  const content = Buffer.from(text)
  return asked(
    peer,
    Command.SEND,
    { clientMessageId: randomUUID(), toUser, conversationId: '', contentType: '', content },
    Command.SEND_ACK,
  )
}

export function change(peer: WirePeer, conversationId: string, change: Change) {
  const body = { clientMessageId: randomUUID(), toUser: '', conversationId, contentType: '', content: new Uint8Array(0), change }
  return asked(peer, Command.SEND, body, Command.SEND_ACK)
}

export function type(peer: WirePeer, conversationId: string, stopped = false): void {
  peer.send(Command.TYPING, 0, { conversationId, userId: '', stopped })
}

export async function watch(peer: WirePeer, users: string[], unwatch: string[] = []): Promise<Presence[]> {
  return (await asked(peer, Command.WATCH, { users, unwatch }, Command.WATCH_ACK)).presence
}

export async function join(peer: WirePeer, roomId: string, leave = false): Promise<number> {
  return (await asked(peer, Command.ROOM, { roomId, leave }, Command.ROOM_ACK)).sessions
}

export async function publish(peer: WirePeer, roomId: string, text: string): Promise<number> {
  const body = { roomId, contentType: '', content: Buffer.from(text) }
  return (await asked(peer, Command.PUBLISH, body, Command.PUBLISH_ACK)).sessions
}

/** The next EVENT that is no receipt. */
export async function event(peer: WirePeer): Promise<FleetingEvent> {
  for (;;) {
    const event = await peer.nextOf(Command.EVENT)
    if (!event.receipt) return event
  }
}

/** Who types, by name and conversation, up to the notice of this user. */
export async function typistsUpTo(peer: WirePeer, userId: string): Promise<string[]> {
  const seen: string[] = []
  for (;;) {
    for (const typing of (await event(peer)).typing) {
      seen.push(`${typing.userId}${typing.stopped ? ' stopped' : ''} in ${typing.conversationId}`)
      if (typing.userId === userId) return seen
    }
  }
}

/** The next that is told of a user. */
export async function presenceOf(peer: WirePeer, userId: string): Promise<Presence> {
  for (;;) {
    const presence = (await event(peer)).presence.find((each) => each.userId === userId)
    if (presence) return presence
  }
}

export const blank = (userId: string): Presence => ({ userId, online: [], lastSeen: 0, status: '' })
