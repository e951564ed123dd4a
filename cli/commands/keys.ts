import { createPrivateKey, createPublicKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../command.ts'
import { Failure } from '../exit.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { ensureKeyPair } from '../key-pair.ts'
import { DATA_FLAG } from '../session.ts'

const FLAGS = {
  data: DATA_FLAG,
  'uplink-key': { value: 'FILE', help: 'The private key, where the core has HAWSER_UPLINK_KEY', variable: 'HAWSER_UPLINK_KEY' },
} as const

export const keys: Command = {
  summary: "print the public half of the core's uplink key, for the edge",
  help: `Usage: hawser keys [--data DIR]

Prints what the edge takes as UPLINK_PUBLIC_KEY. A key that is not there is made,
in the data folder, where the core finds it when it starts.

${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const given = values['uplink-key']
    process.stdout.write(given ? publicHalf(given) : madeIn(values.data))
  },
}

function publicHalf(path: string): string {
  if (!existsSync(path)) throw new Failure(`there is no file ${path}`)
  try {
    return createPublicKey(createPrivateKey(readFileSync(path)))
      .export({ type: 'spki', format: 'pem' })
      .toString()
  } catch (cause) {
    throw new Failure(`${path} is no private key: ${(cause as Error).message}`, { cause })
  }
}

function madeIn(folder: string): string {
  try {
    return ensureKeyPair(folder, 'uplink-key').publicPem
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(`no uplink key in ${join(folder, 'uplink-key.pem')}: ${(cause as Error).message}`, { cause })
  }
}
