import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Command } from '../shared/commands.ts'
import { decodeBody, encodeRawFrame } from '../shared/frame.ts'
import { DeviceClass, Direction, type Send } from '../shared/gen/hawser.ts'
import { DOORS, House } from './support/house.ts'

let house: House
beforeAll(async () => {
  house = await House.start()
})
afterAll(() => house?.dispose())

const send = (toUser: string, clientMessageId: string, fields: Partial<Send> = {}): Send => ({
  clientMessageId,
  toUser,
  conversationId: '',
  contentType: '',
  content: Buffer.from(clientMessageId),
  ...fields,
})

describe.each(DOORS)('by the %s door', (door) => {
  test('SENDs that wait for no answer keep their order, and an error on one leaves no hole (S8)', async () => {
    const [a, b] = [`${door}-alice`, `${door}-bob`]
    const receiver = await house.login(door, b)
    const sender = await house.login(door, a)
    const bad = new Map<number, [fields: Partial<Send>, code: string]>([
      [12, [{ contentType: 'x'.repeat(129) }, 'field_invalid']],
      [30, [{ content: new Uint8Array(65_537) }, 'content_too_large']],
      [31, [{ change: { react: { seq: 999, key: 'x', removed: false } }, content: new Uint8Array(0) }, 'message_unknown']],
      [44, [{ toUser: '', conversationId: 'group/none' }, 'conversation_unknown']],
    ])
    const ids = Array.from({ length: 60 }, (_, i) => i + 10)
    for (const id of ids) sender.send(Command.SEND, id, send(b, `m${id}`, bad.get(id)?.[0]))
    const answers = await Promise.all(ids.map((id) => sender.next(({ requestId }) => requestId === id)))
    const seqs: number[] = []
    for (const { command, requestId, body } of answers) {
      const wrong = bad.get(requestId)
      if (wrong) expect(decodeBody(Command.ERROR, body).code).toBe(wrong[1])
      else {
        expect(command).toBe(Command.SEND_ACK)
        seqs.push(decodeBody(Command.SEND_ACK, body).seq)
      }
    }
    const good = ids.filter((id) => !bad.has(id))
    expect(seqs).toEqual(good.map((_, i) => i + 1))
    const delivered: string[] = []
    while (delivered.length < good.length) delivered.push((await receiver.nextOf(Command.DELIVER)).clientMessageId)
    expect(delivered).toEqual(good.map((id) => `m${id}`))
  })

  test('a message without a content type is plain text, and so is its edit (S1)', async () => {
    const [a, b] = [`${door}-carol`, `${door}-dave`]
    const peer = await house.login(door, a)
    const { conversationId } = decodeBody(Command.SEND_ACK, (await peer.ask(Command.SEND, 2, send(b, 'm'))).body)
    const typeNow = async (requestId: number) => {
      const page = { conversationId, withUser: '', direction: Direction.FORWARD, fromSeq: 0, limit: 1, epoch: 0, digest: 0 }
      const answer = await peer.ask(Command.SYNC, requestId, { page, list: undefined })
      return decodeBody(Command.SYNC_ACK, answer.body).page?.messages[0]?.contentType
    }
    expect(await typeNow(3)).toBe('text/plain')
    const edit = { seq: 1, contentType: '', content: Buffer.from('x'), details: undefined }
    const change = send('', 'e', { conversationId, content: new Uint8Array(0), change: { edit } })
    expect((await peer.ask(Command.SEND, 4, change)).command).toBe(Command.SEND_ACK)
    expect(await typeNow(5)).toBe('text/plain')
  })

  test("SYNC's list has the user's own conversation once something is in it (Y2)", async () => {
    const user = `${door}-erin`
    const peer = await house.login(door, user)
    const list = async (requestId: number) => {
      const answer = await peer.ask(Command.SYNC, requestId, { page: undefined, list: { cursor: '', limit: 0 } })
      return decodeBody(Command.SYNC_ACK, answer.body).list?.conversations.map(({ conversationId }) => conversationId)
    }
    expect(await list(2)).toEqual([])
    const status = { text: 'here', audience: undefined }
    const change = send('', 's', { conversationId: `own/${user}`, content: new Uint8Array(0), change: { status } })
    expect((await peer.ask(Command.SEND, 3, change)).command).toBe(Command.SEND_ACK)
    expect(await list(4)).toEqual([`own/${user}`])
  })

  test('a LOGIN whose field is refused may be sent again (L3), and an error to a frame of number 0 has it too (F6)', async () => {
    const user = `${door}-grace`
    const peer = await house.open(door, user)
    const token = await house.signer.token(user)
    await expect(peer.login(token, { deviceClass: DeviceClass.DEVICE_CLASS_UNSPECIFIED })).rejects.toThrow('ERROR')
    expect(await peer.login(token)).toMatchObject({ userId: user })
    const noPositions = Buffer.from([0x0a, 9, 0x61])
    peer.bytes(encodeRawFrame(Command.DELIVER_ACK, 0, noPositions))
    const { command, body } = await peer.next(({ requestId }) => requestId === 0)
    expect([command, decodeBody(Command.ERROR, body).code]).toEqual([Command.ERROR, 'body_malformed'])
  })

  test('an empty instance id is a name like any other (L3)', async () => {
    const user = `${door}-frank`
    const first = await house.login(door, user, { instanceId: '' })
    await house.login(door, user, { instanceId: '' })
    expect(await first.closed).toMatchObject({ code: 4205 })
  })
})
