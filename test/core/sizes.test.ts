import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../tcp-core/config/config.ts'

const SECRET = { HAWSER_TOKEN_SECRET: 'x'.repeat(32) }

test.each([
  ['a frame below what one answer takes', { HAWSER_MAX_FRAME_BYTES: '200000' }],
  ['content that no frame holds with its details', { HAWSER_MAX_CONTENT_BYTES: '1000000' }],
] as const)('settings that contradict each other are refused with both names: %s', (_, environment) => {
  expect(() => readConfig([], { ...SECRET, ...environment })).toThrow(ConfigError)
  expect(() => readConfig([], { ...SECRET, ...environment })).toThrow(/HAWSER_MAX_FRAME_BYTES.*HAWSER_MAX_CONTENT_BYTES/)
})

test('a frame longer than the edge takes is refused where there is an edge', () => {
  const environment = { ...SECRET, HAWSER_MAX_FRAME_BYTES: '2000000' }
  expect(readConfig([], environment).maxFrameBytes).toBe(2_000_000)
  expect(() => readConfig([], { ...environment, HAWSER_EDGE: 'wss://edge.example' })).toThrow(/HAWSER_MAX_FRAME_BYTES.*HAWSER_EDGE/)
})
