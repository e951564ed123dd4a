import { setTimeout as sleep } from 'node:timers/promises'
import { type BodyOf, Command } from '../../shared/commands.ts'
import { decodeBody, type Frame } from '../../shared/frame.ts'
import type { FleetingEvent, Message, SendAck } from '../../shared/gen/hawser.ts'
import type { DoorName, House } from '../support/house.ts'
import type { WirePeer } from '../support/wire-peer.ts'
import type { Attempt } from './operation.ts'
import { DEFAULTS, NAMES, type Name, PROFILE, Scene } from './scene.ts'

/** Of the message in the old group. */
export const OLD_SEQ = 2

/** How a user acts, and the session of the same user by another door that looks on. */
interface Player {
  readonly acts: WirePeer
  readonly looksOn: WirePeer
}

/** The people of all scenes, logged in by two doors: what is done by the one is heard by the other. */
export class Stage {
  readonly house: House
  /** By which everybody acts; also what keeps names of the stages apart. */
  readonly door: DoorName
  readonly #players: ReadonlyMap<Name, Player>
  #requestId = 1
  #scenes = 0
  #oldAt = 0

  private constructor(house: House, door: DoorName, players: ReadonlyMap<Name, Player>) {
    this.house = house
    this.door = door
    this.#players = players
  }

  static async set(house: House, door: DoorName, otherDoor: DoorName): Promise<Stage> {
    const players = new Map<Name, Player>()
    for (const name of NAMES) {
      const user = `${door}.${name}`
      const acts = await house.login(door, user, { deviceId: 'acts', deviceClass: 1 })
      const looksOn = await house.login(otherDoor, user, { deviceId: 'looks on', deviceClass: 4 })
      players.set(name, { acts, looksOn })
    }
    const stage = new Stage(house, door, players)
    await stage.#grow()
    return stage
  }

  user(name: Name): string {
    return `${this.door}.${name}`
  }

  get oldGroup(): string {
    return `group/${this.door}-old`
  }

  /** Waits until the old group's message may not be changed any more. */
  async old(): Promise<void> {
    await sleep(Math.max(0, this.#oldAt - Date.now()))
  }

  /** A fresh group, and nobody has anything on the way. */
  async scene(): Promise<Scene> {
    this.#scenes++
    const scene = new Scene(this, `${this.door}-${this.#scenes}`)
    await scene.open()
    return scene
  }

  ask({ by, command, body }: Attempt): Promise<Frame> {
    this.#requestId++
    // The body is that of the command: Attempt pairs them.
    return this.#player(by).acts.ask(command, this.#requestId, body as never)
  }

  /** For a request that has no answer. */
  say({ by, command, body }: Attempt): void {
    this.#player(by).acts.send(command, 0, body as never)
  }

  /** The next message that somebody's other session is pushed. */
  heard(name: Name, matches: (message: Message) => boolean): Promise<Message> {
    return next(this.#player(name).looksOn, Command.DELIVER, matches)
  }

  /** Waits until an entry has been pushed, which may be later than its ack; whoever waits for it gets it all the same. */
  async pushed(name: Name, { conversationId, seq }: SendAck): Promise<void> {
    const { looksOn } = this.#player(name)
    const isIt = (frame: Frame): boolean => {
      if (frame.command !== Command.DELIVER) return false
      const message = decodeBody(Command.DELIVER, frame.body)
      return message.conversationId === conversationId && message.seq === seq
    }
    looksOn.frames.unshift(await looksOn.next(isIt))
  }

  event(name: Name, matches: (event: FleetingEvent) => boolean): Promise<FleetingEvent> {
    return next(this.#player(name).looksOn, Command.EVENT, matches)
  }

  /** Somebody's other session joins a room. */
  async joins(name: Name, roomId: string): Promise<void> {
    this.#requestId++
    await this.#player(name).looksOn.ask(Command.ROOM, this.#requestId, { roomId, leave: false })
  }

  /** Waits until whatever was on its way to anybody has come; gives the messages, and forgets them. */
  async quiet(): Promise<Message[]> {
    const all = [...this.#players.values()].flatMap(({ acts, looksOn }) => [acts, looksOn])
    const rests = await Promise.all(all.map((peer) => this.#rest(peer)))
    return rests.flat()
  }

  end(): void {
    for (const { acts, looksOn } of this.#players.values()) {
      acts.end()
      looksOn.end()
    }
  }

  /** The old group, in which a message may be changed for a second. */
  async #grow(): Promise<void> {
    const scene = new Scene(this, `${this.door}-old`)
    const settings = { ...DEFAULTS, editSeconds: 1, recallSeconds: 1 }
    await scene.does('owner', { create: { ...PROFILE, settings, members: [this.user('member')] } })
    await scene.says('member', 'long ago')
    this.#oldAt = Date.now() + 1100
  }

  async #rest(peer: WirePeer): Promise<Message[]> {
    this.#requestId++
    // What was pushed before comes before the answer.
    await peer.ask(Command.PING, this.#requestId, {})
    const messages = peer.frames
      .splice(0)
      .filter(({ command }) => command === Command.DELIVER)
      .map(({ body }) => decodeBody(Command.DELIVER, body))
    if (messages.length > 0)
      peer.send(Command.DELIVER_ACK, 0, { positions: messages.map(({ conversationId, seq }) => ({ conversationId, seq })) })
    return messages
  }

  #player(name: Name): Player {
    const player = this.#players.get(name)
    if (!player) throw new Error(`nobody plays ${name}`)
    return player
  }
}

async function next<C extends typeof Command.DELIVER | typeof Command.EVENT>(
  peer: WirePeer,
  command: C,
  matches: (body: BodyOf<C>) => boolean,
): Promise<BodyOf<C>> {
  const frame = await peer.next((frame) => frame.command === command && matches(decodeBody(command, frame.body)))
  return decodeBody(command, frame.body)
}
