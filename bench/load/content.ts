import { clock } from '../wire/clock.ts'

/**
 * The content of a message: when it was sent, which it is of its sender, and who that is, in
 * letters that every protocol carries as they are; then words.
 */
const LETTER_A = 0x61
const TIME_LETTERS = 10
const NUMBER_LETTERS = 8
const SENDER_LETTERS = 4
const HALF = 2 ** 20
/** Words, since a server may make texts searchable. */
const FILLING = ' shall we meet at the station after work and bring the plans that we spoke of when you were here'

export function contentOf(bytes: number): Buffer {
  const stamped = TIME_LETTERS + NUMBER_LETTERS + SENDER_LETTERS
  if (bytes < stamped) throw new Error(`a message has at least ${stamped} bytes`)
  const content = Buffer.alloc(bytes, 'x')
  content.fill(FILLING, stamped)
  return content
}

/** `time` is in milliseconds of the load's clock. */
export function stamp(content: Uint8Array, sender: number, number: number, time = clock.now): void {
  const micros = Math.floor(time * 1000)
  const high = Math.floor(micros / HALF)
  write(content, 0, high, TIME_LETTERS / 2)
  write(content, TIME_LETTERS / 2, micros - high * HALF, TIME_LETTERS / 2)
  write(content, TIME_LETTERS, number, NUMBER_LETTERS)
  write(content, TIME_LETTERS + NUMBER_LETTERS, sender, SENDER_LETTERS)
}

/** Microseconds. */
export function timeOf(bytes: Uint8Array, start: number): number {
  return read(bytes, start, TIME_LETTERS / 2) * HALF + read(bytes, start + TIME_LETTERS / 2, TIME_LETTERS / 2)
}

export function numberOf(bytes: Uint8Array, start: number): number {
  return read(bytes, start + TIME_LETTERS, NUMBER_LETTERS)
}

export function senderOf(bytes: Uint8Array, start: number): number {
  return read(bytes, start + TIME_LETTERS + NUMBER_LETTERS, SENDER_LETTERS)
}

function write(bytes: Uint8Array, at: number, value: number, letters: number): void {
  for (let i = at + letters - 1, rest = value; i >= at; i--, rest >>>= 4) bytes[i] = LETTER_A + (rest & 15)
}

function read(bytes: Uint8Array, at: number, letters: number): number {
  let value = 0
  for (let i = at; i < at + letters; i++) value = (value << 4) | ((bytes[i] as number) - LETTER_A)
  return value >>> 0
}
