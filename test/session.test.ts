import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FrameDecoder } from '../shared/frame-decoder.ts'
import { play, recordedSession } from './support/session.ts'

const session = recordedSession()

test('a core takes and says the session of docs/WRITE-A-CLIENT.md, byte for byte but for what varies (V4)', async () => {
  expect(await play(session, 'replay')).toEqual(session)
})

test('the hex of docs/WRITE-A-CLIENT.md is the session, and is whole frames', () => {
  const text = readFileSync(new URL('../docs/WRITE-A-CLIENT.md', import.meta.url), 'utf8')
  const block = /<!-- session: .* -->\n```\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  const hex = block
    .split('\n')
    .map((line) => line.replace(/#.*/, '').replaceAll(' ', ''))
    .join('')
  expect(hex).toBe(session.map((frame) => frame.hex).join(''))
  const requests: number[] = []
  const decoder = new FrameDecoder(1024 * 1024)
  decoder.push(Buffer.from(hex, 'hex'), ({ requestId }) => {
    requests.push(requestId)
    return true
  })
  expect(decoder.pendingBytes).toBe(0)
  expect(requests).toEqual(session.filter(({ command }) => command !== '').map(({ requestId }) => requestId))
})
