import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Command } from '../../shared/commands.ts'
import { decodeBody } from '../../shared/frame.ts'
import { CoreProcess } from '../support/core-process.ts'
import { tokenSigner } from '../support/tokens.ts'
import { WirePeer } from '../support/wire-peer.ts'
import { NO_MOUNTS, TestDisk } from './test-disk.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function scene() {
  const signer = tokenSigner()
  const core = await CoreProcess.start({ tokenKey: signer.publicPem })
  cleanups.push(() => core.dispose())
  const raw = await WirePeer.tcp(core.tcp)
  cleanups.push(() => raw.end())
  await raw.login(await signer.token('alice'))
  let count = 0
  /** A SEND under a new id, or again under that one; gives the seq, or the error's code. */
  const send = async (id = `m${count++}`): Promise<number | string> => {
    const content = Buffer.from('x'.repeat(500))
    const { command, body } = await raw.ask(Command.SEND, 7, {
      clientMessageId: id,
      toUser: 'bob',
      conversationId: '',
      contentType: '',
      content,
    })
    return command === Command.SEND_ACK ? decodeBody(Command.SEND_ACK, body).seq : decodeBody(Command.ERROR, body).code
  }
  for (let seq = 1; seq <= 50; seq++) expect(await send()).toBe(seq)
  return { core, send, log: join(core.data, 'log.sqlite'), aside: temporaryFolder() }
}

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hawser-aside-'))
  cleanups.push(() => rmSync(path, { recursive: true }))
  return path
}

async function health(core: CoreProcess): Promise<{ status: number; kind: string | undefined; message: string | undefined }> {
  const { status, body } = (await core.admin('/healthz')) as { status: number; body: { storage: { kind: string; message: string } | 'ok' } }
  const storage = body.storage === 'ok' ? undefined : body.storage
  return { status, kind: storage?.kind, message: storage?.message }
}

async function until(core: CoreProcess, status: number): Promise<void> {
  while ((await fetch(`${core.adminUrl}/healthz`)).status !== status) await pause(20)
}

/** The deleted files that the core has open, by name, as an operator finds them. */
function deleted(pid: number): Map<string, string> {
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`)
  const found = open.flatMap((fd) => {
    const name = /\/(log\.sqlite[^/ ]*) \(deleted\)$/.exec(readlinkSync(fd))?.[1]
    return name ? [[name, fd] as const] : []
  })
  return new Map(found)
}

interface Scene {
  readonly core: CoreProcess
  readonly log: string
  readonly aside: string
}

/** What happens to the files of a running core, and how its operator puts them back. */
const LOSSES: Record<string, { lose: (scene: Scene) => unknown; back: (scene: Scene) => unknown }> = {
  'the folder moved away': {
    lose: ({ core, aside }) => renameSync(core.data, join(aside, 'data')),
    back: ({ core, aside }) => renameSync(join(aside, 'data'), core.data),
  },
  'the folder replaced by an empty one': {
    lose: ({ core, aside }) => {
      renameSync(core.data, join(aside, 'data'))
      mkdirSync(core.data)
    },
    back: ({ core, aside }) => {
      rmSync(core.data, { recursive: true })
      renameSync(join(aside, 'data'), core.data)
    },
  },
  'the log renamed': {
    lose: ({ log }) => renameSync(log, `${log}.old`),
    back: ({ log }) => renameSync(`${log}.old`, log),
  },
  'the WAL deleted': { lose: ({ log }) => rmSync(`${log}-wal`), back: () => {} },
  'the index of the WAL deleted': { lose: ({ log }) => rmSync(`${log}-shm`), back: () => {} },
}
if (!NO_MOUNTS) {
  let disk: TestDisk
  LOSSES['another file system where the folder was'] = {
    lose: async ({ core }) => {
      disk = await TestDisk.memory(core.data, 6)
    },
    back: () => disk.unmount(),
  }
}
if (process.platform === 'linux') {
  LOSSES['all of the folder deleted'] = {
    lose: ({ core, log, aside }) => {
      for (const name of readdirSync(core.data)) if (!name.startsWith('log.')) cpSync(join(core.data, name), join(aside, name))
      rmSync(core.data, { recursive: true })
      expect(existsSync(log)).toBe(false)
    },
    back: ({ core, aside }) => {
      // As docs/OPERATIONS.md says: the WAL first, because the log is taken up when it is there.
      const open = deleted(core.pid)
      cpSync(aside, core.data, { recursive: true })
      writeFileSync(join(core.data, 'log.sqlite-wal'), readFileSync(open.get('log.sqlite-wal') as string))
      writeFileSync(join(core.data, 'draft'), readFileSync(open.get('log.sqlite') as string))
      renameSync(join(core.data, 'draft'), join(core.data, 'log.sqlite'))
    },
  }
}

test.each(Object.entries(LOSSES))(
  '%s: nothing is acknowledged into it, health is red, and it mends without a restart',
  async (_, { lose, back }) => {
    const { core, send, log, aside } = await scene()
    await lose({ core, log, aside })
    // The first that is sent, at once.
    const first = await send('first')
    expect(first).toBe('storage_unavailable')
    await back({ core, log, aside })
    await until(core, 200)
    expect(await send('first')).toBe(51)
    expect(await send()).toBe(52)
    const { body } = (await core.admin('/verify', { method: 'POST' })) as { body: { findings: string[]; messages: number } }
    expect(body).toMatchObject({ findings: [], messages: 52 })
    await core.stop('SIGKILL')
    await core.start()
    expect(((await core.admin('/verify', { method: 'POST' })) as { body: object }).body).toMatchObject({ findings: [], messages: 52 })
  },
)

test('an idle core finds out, too, and says so once', async () => {
  const { core, log } = await scene()
  renameSync(log, `${log}.old`)
  await until(core, 503)
  expect(await health(core)).toEqual({ status: 503, kind: 'missing', message: `${log} is gone` })
  renameSync(`${log}.old`, log)
  await until(core, 200)
  expect(core.stderr.match(/the log cannot be relied on/g)?.length).toBe(1)
})

/** As `cp` does, which makes no new file where there is one. */
const writeInto = (file: string, from: string) => writeFileSync(file, readFileSync(from))

/** What is put in the place of the log, and is not it. */
const OTHERS: Record<string, (files: { log: string; backup: string; other: string }) => void> = {
  'cut off': ({ log }) => truncateSync(log, statSync(log).size - 1000),
  emptied: ({ log }) => truncateSync(log, 0),
  'written over with a backup': ({ log, backup }) => writeInto(log, backup),
  'written over with another log': ({ log, other }) => writeInto(log, other),
  'replaced by a backup': ({ log, backup }) => renameSync(backup, log),
  'replaced by another log': ({ log, other }) => renameSync(other, log),
  'replaced by an empty file': ({ log, other }) => {
    writeFileSync(other, '')
    renameSync(other, log)
  },
}

test.each(Object.entries(OTHERS))('a log that was %s is not taken for the log; with what was there before it goes on', async (_, spoil) => {
  const one = await scene()
  const two = await scene()
  const backup = join(one.aside, 'backup.sqlite')
  await one.core.admin('/backup', { method: 'POST', body: { path: backup } })
  for (let i = 0; i < 200; i++) await two.send()
  await two.core.stop()
  // The same file by another name, and a copy of what is in it.
  linkSync(one.log, join(one.aside, 'log.sqlite'))
  cpSync(one.log, join(one.aside, 'copy'))
  const other = join(one.core.data, 'other')
  cpSync(two.log, other)
  spoil({ log: one.log, backup, other })
  expect(await one.send('next')).toBe('storage_unavailable')
  // Past a probe, which comes each second.
  await pause(1500)
  expect(await one.send('next')).toBe('storage_unavailable')
  expect(await health(one.core)).toMatchObject({ status: 503, kind: 'missing' })
  expect(readdirSync(one.core.data)).toContain('log.sqlite-wal')

  writeInto(join(one.aside, 'log.sqlite'), join(one.aside, 'copy'))
  renameSync(join(one.aside, 'log.sqlite'), one.log)
  await until(one.core, 200)
  expect(await one.send('next')).toBe(51)
  expect(((await one.core.admin('/verify', { method: 'POST' })) as { body: object }).body).toMatchObject({ findings: [], messages: 51 })
})
