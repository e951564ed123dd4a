import { describe, expect, it } from 'vitest'
import { nearestGroup } from '../../edge/worker/region.ts'
import { parseShards, shardNames } from '../../shared/shards.ts'
import { UPLINK_SUBPROTOCOL } from '../../shared/uplink.ts'
import { EdgeProcess } from './edge-process.ts'
import { PeerSocket } from './peer-socket.ts'
import { ScriptedCore } from './scripted-core.ts'

describe('the setting of shards', () => {
  it.each([
    ['1', ['s0']],
    ['3', ['s0', 's1', 's2']],
    ['weur:2, enam:1', ['weur-0', 'weur-1', 'enam-0']],
  ])('%s names them', (setting, names) => {
    expect(shardNames(parseShards(setting))).toEqual(names)
  })

  it.each(['', '0', '-1', 'many', '1025', 'weur:0', 'mars:1', '2,weur:1', 'weur:1,weur:2', 'weur:1000,enam:1000'])(
    '"%s" is refused',
    (setting) => {
      expect(() => parseShards(setting)).toThrow()
    },
  )
})

describe('a browser goes to the region that is nearest', () => {
  const groups = parseShards('enam:1,weur:1,apac:1,oc:1')
  it.each([
    ['Berlin', '52.5', '13.4', 'weur'],
    ['New York', '40.7', '-74', 'enam'],
    ['San Francisco', '37.8', '-122.4', 'enam'],
    ['Tokyo', '35.7', '139.7', 'apac'],
    ['Auckland', '-36.8', '174.8', 'oc'],
    ['Lagos', '6.5', '3.4', 'weur'],
  ])('%s', (_, latitude, longitude, region) => {
    expect(nearestGroup(groups, { latitude, longitude }).region).toBe(region)
  })

  it('or to the first where it is not known', () => {
    expect(nearestGroup(groups, undefined).region).toBe('enam')
    expect(nearestGroup(groups, {}).region).toBe('enam')
  })
})

it('a core and a browser find the shards of a region', async () => {
  const edge = await EdgeProcess.start({ settings: { SHARDS: 'weur:1,enam:1' } })
  try {
    const { core, hello } = await ScriptedCore.connect(edge, { shard: 'weur-0' })
    expect(hello.shard).toBe('weur-0')
    const browser = await edge.browser('alice')
    await core.open()
    browser.terminate()
    const headers = { authorization: `Bearer ${await edge.uplinkToken({ shard: 's0' })}` }
    expect(await PeerSocket.refusal(edge.uplinkUrl('s0'), [UPLINK_SUBPROTOCOL], { headers })).toMatchObject({ status: 404 })
  } finally {
    await edge.dispose()
  }
})
