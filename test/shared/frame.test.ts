import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { CloseError } from '../../shared/errors.ts'
import { DEFAULT_MAX_FRAME_BYTES, decodeBody, encodeFrame, type Frame } from '../../shared/frame.ts'
import { FrameDecoder } from '../../shared/frame-decoder.ts'
import { plain } from '../support/plain-body.ts'
import { bytesOf, malformedVectors, validVectors } from '../support/vectors.ts'

function zerosLeftOut(body: Record<string, unknown>): unknown {
  return plain(JSON.parse(JSON.stringify(body)))
}

function decodeAll(chunks: Iterable<Uint8Array>, max = DEFAULT_MAX_FRAME_BYTES): Frame[] {
  const decoder = new FrameDecoder(max)
  const frames: Frame[] = []
  for (const chunk of chunks) {
    decoder.push(chunk, (frame) => {
      frames.push({ ...frame, body: new Uint8Array(frame.body) })
      return true
    })
  }
  expect(decoder.pendingBytes).toBe(0)
  return frames
}

const readable = (frames: Frame[]) =>
  frames.map((frame) => ({
    command: Object.keys(Command).find((name) => Command[name as keyof typeof Command] === frame.command),
    requestId: frame.requestId,
    body: plain(decodeBody(frame.command as Command, frame.body)),
  }))

/** Bytes that hold what this version does not know cannot come out again. */
const reproducible = validVectors.filter(({ name }) => !name.includes('later version'))

test.each(reproducible)('valid vector: $name encodes to the same bytes', (vector) => {
  const again = decodeAll([bytesOf(vector)]).map((frame) => {
    const command = frame.command as Command
    return encodeFrame(command, frame.requestId, decodeBody(command, frame.body))
  })
  expect(Buffer.concat(again).toString('hex')).toBe(vector.hex)
})

describe.each(validVectors)('valid vector: $name', (vector) => {
  const bytes = bytesOf(vector)
  const expected = vector.frames.map((frame) => ({ ...frame, body: zerosLeftOut(frame.body) }))

  test('decodes whole', () => {
    expect(readable(decodeAll([bytes]))).toEqual(expected)
  })

  test('decodes cut at every point, and byte by byte', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(readable(decodeAll([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(expected)
    }
    expect(readable(decodeAll(Array.from(bytes, (byte) => new Uint8Array([byte]))))).toEqual(expected)
  })
})

describe('malformed frames', () => {
  const closing = malformedVectors.filter((vector) => ['frame_too_large', 'frame_malformed', 'version_unsupported'].includes(vector.code))

  test.each(closing)('$name closes with $code at every split', (vector) => {
    const bytes = bytesOf(vector)
    for (let at = 0; at <= bytes.length; at++) {
      const decoder = new FrameDecoder(DEFAULT_MAX_FRAME_BYTES)
      const push = () => {
        for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) decoder.push(part, () => true)
      }
      expect(push).toThrow(expect.objectContaining({ name: 'CloseError', code: vector.code }))
    }
  })

  test('an announced length takes no memory before its bytes come', () => {
    const decoder = new FrameDecoder(0xffffffff)
    const before = process.memoryUsage().arrayBuffers
    decoder.push(new Uint8Array([0xff, 0xff, 0xff, 0xf0, 1]), () => true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
  })

  test('the cap counts as the length field does', () => {
    const frame = encodeFrame(Command.PING, 1, {})
    expect(decodeAll([frame], 8)).toHaveLength(1)
    expect(() => decodeAll([frame], 7)).toThrow(CloseError)
  })

  test('after take says no, nothing more is given', () => {
    const decoder = new FrameDecoder(DEFAULT_MAX_FRAME_BYTES)
    const two = Buffer.concat([encodeFrame(Command.PING, 1, {}), encodeFrame(Command.PING, 2, {})])
    const seen: number[] = []
    decoder.push(two, (frame) => {
      seen.push(frame.requestId)
      return false
    })
    expect(seen).toEqual([1])
  })
})

test('any frames, cut in any places, come out as they went in', () => {
  const body = fc.record({
    clientMessageId: fc.string({ unit: 'grapheme' }),
    toUser: fc.string({ unit: 'binary' }),
    conversationId: fc.string({ maxLength: 300 }),
    contentType: fc.string(),
    content: fc.uint8Array({ maxLength: 2000 }),
  })
  const frame = fc.record({ requestId: fc.nat(0xffffffff), body })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(500)), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ requestId, body }) => encodeFrame(Command.SEND, requestId, body)))
      const chunks: Uint8Array[] = []
      let at = 0
      for (const cut of cuts) {
        chunks.push(bytes.subarray(at, at + cut))
        at += cut
      }
      chunks.push(bytes.subarray(at))
      const back = decodeAll(chunks).map(({ requestId, body }) => ({ requestId, body: decodeBody(Command.SEND, body) }))
      expect(back).toEqual(frames)
    }),
    { numRuns: 300 },
  )
})

test('garbage ends in a CloseError or waits for more, and never in anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const decoder = new FrameDecoder(1024)
      try {
        decoder.push(bytes, () => true)
      } catch (error) {
        expect(error).toBeInstanceOf(CloseError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('the codec names nothing of Node, Workers or the browser', () => {
  // It is loaded by all three; the end-to-end tests run it there.
  const source = readFileSync(new URL('../../shared/index.ts', import.meta.url), 'utf8')
  expect(source).not.toMatch(/node:|cloudflare:/)
})
