import { createInterface, type Interface } from 'node:readline'
import type { Client } from '../../client/node.ts'
import { userIdFault } from '../../shared/conversation-id.ts'
import { forTerminal } from '../../shared/foreign-text.ts'
import type { Command } from '../command.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'
import { failure, online, openClient, SESSION_FLAGS, userId } from '../session.ts'

const FLAGS = { with: { value: 'NAME', help: 'Whom to talk to' }, ...SESSION_FLAGS } as const

export const chat: Command = {
  summary: 'talk to somebody here',
  help: `Usage: hawser chat --user NAME [--with NAME]\n\nType a line to send it; /to NAME talks to somebody else, /quit ends.\n\n${flagsHelp(FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, FLAGS)
    noWords(words)
    const peer = values.with === undefined ? undefined : userId('with', values.with)
    const client = await openClient(values)
    const talk = new Talk(client, peer)
    await online(client, values)
    await talk.run()
    const error = talk.error
    await client.close()
    if (error) throw failure(error, values.url)
  },
}

/** The prompt, and the lines above it. */
class Talk {
  readonly #client: Client
  readonly #unsent = new Set<Promise<void>>()
  #peer: string | undefined
  /** While `run` runs: lines that come before it would be lost. */
  #terminal: Interface | undefined
  error: Error | undefined

  constructor(client: Client, peer: string | undefined) {
    this.#client = client
    this.#peer = peer
    client.on('message', ({ from, text, peer: other, conversationId, seq }) => {
      this.#say(`${forTerminal(from)}: ${text.split('\n').map(forTerminal).join('\n  ')}`)
      if (from === this.#peer) client.markRead(conversationId, seq).catch(() => {}) // the position is only a courtesy here
      this.#peer ??= other
    })
    client.on('state', (state) => {
      if (state === 'waiting') this.#say(`-- not connected: ${forTerminal(client.failure?.message ?? '')}`)
      else if (state === 'online' && this.#terminal) this.#say('-- connected again')
    })
    client.on('closed', (reason) => {
      if (reason.code === 'closed_by_user') return
      this.error = new Error(`the conversation is over (${reason.code}): ${reason.message}`)
      this.#terminal?.close()
    })
  }

  /** Until /quit or the end of the input; then what is still on its way is waited for. */
  async run(): Promise<void> {
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    this.#terminal = terminal
    this.#prompt()
    for await (const line of terminal) {
      if (line.trim() === '/quit') break
      this.#take(line.trim())
      this.#prompt()
    }
    this.#terminal = undefined
    terminal.close()
    await Promise.all(this.#unsent)
  }

  #take(line: string): void {
    const [, name] = /^\/to\s+(\S+)$/.exec(line) ?? []
    if (name !== undefined) {
      const fault = userIdFault(name)
      if (fault) this.#say(`-- the name ${fault}`)
      else this.#peer = name
    } else if (line.startsWith('/')) this.#say('-- there is /to NAME and /quit')
    else if (line !== '' && this.#peer === undefined) this.#say('-- to whom? say /to NAME first')
    else if (line !== '' && this.#peer !== undefined) this.#send(this.#peer, line)
  }

  #send(to: string, text: string): void {
    const sent = this.#client.send({ to }, text).then(
      () => {},
      (error: Error) => this.#say(`-- not sent: ${forTerminal(error.message)}`),
    )
    this.#unsent.add(sent)
    void sent.then(() => this.#unsent.delete(sent))
  }

  /** Puts a line above the prompt, whatever has been typed there. */
  #say(line: string): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
    print(line)
    this.#prompt()
  }

  #prompt(): void {
    if (!process.stdout.isTTY) return
    this.#terminal?.setPrompt(`${forTerminal(this.#client.userId ?? '')} to ${forTerminal(this.#peer ?? '?')}> `)
    this.#terminal?.prompt(true)
  }
}
