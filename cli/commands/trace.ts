import { forTerminal } from '../../shared/foreign-text.ts'
import { ADMIN_FLAGS, adminRequest } from '../admin.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../exit.ts'
import { flagsHelp, noWords, readFlags } from '../flags.ts'
import { print } from '../output.ts'

interface Passage {
  readonly session: string
  readonly device: string
  readonly transport: string
  readonly pushedAt?: string
  readonly heldBackAt?: string
  readonly pulledAt?: string
  readonly acknowledgedAt?: string
  readonly endedAt?: string
  readonly endReason?: string
}

interface Member {
  readonly user: string
  readonly sender: boolean
  readonly delivered: boolean
  readonly read: boolean
  readonly offline: boolean
  readonly sessions: readonly Passage[]
}

interface Story {
  readonly messageId: string
  readonly conversationId: string
  readonly seq: number
  readonly sender: string
  readonly clientMessageId: string
  readonly contentType: string
  readonly contentBytes: number
  readonly sentAt: string
  readonly storedAt?: string
  readonly members: readonly Member[]
}

export const trace: Command = {
  summary: 'tell where a message went: stored, pushed, acknowledged, or why not',
  help: `Usage: hawser trace MESSAGEID

The log knows each message for ever, and the core what became of the last ten thousand since
it started.

${flagsHelp(ADMIN_FLAGS)}`,
  async run(args) {
    const { values, words } = readFlags(args, ADMIN_FLAGS)
    const [messageId, ...rest] = words
    if (messageId === undefined) throw new UsageError('say which MESSAGEID')
    noWords(rest)
    const story = await adminRequest<Story>(values, `/trace/${encodeURIComponent(messageId)}`)
    print(storyLines(story).join('\n'))
  },
}

function storyLines(story: Story): string[] {
  const { conversationId, seq, sender, contentType, contentBytes, clientMessageId, sentAt, storedAt } = story
  return [
    `${forTerminal(story.messageId)}: seq ${seq} of ${forTerminal(conversationId)}, ${contentBytes} bytes of ${forTerminal(contentType)} from ${forTerminal(sender)} (${forTerminal(clientMessageId)})`,
    storedAt === undefined
      ? `taken in ${sentAt}, stored; which sessions it went to is longer ago than the trace goes back`
      : `taken in ${sentAt}, on disk ${after(sentAt, storedAt)}`,
    ...story.members.flatMap((member) => memberLines(member, sentAt)),
  ]
}

function memberLines(member: Member, since: string): string[] {
  const facts = [
    ...(member.sender ? ['sender'] : [member.read ? 'read' : member.delivered ? 'delivered' : 'not delivered']),
    ...(member.offline ? ['offline when it was stored'] : []),
  ]
  return [`${forTerminal(member.user)}: ${facts.join(', ')}`, ...member.sessions.map((passage) => `  ${passageLine(passage, since)}`)]
}

function passageLine(passage: Passage, since: string): string {
  const { device, transport, session, pushedAt, heldBackAt, pulledAt, acknowledgedAt, endedAt, endReason } = passage
  const steps = [
    pushedAt && `pushed ${after(since, pushedAt)}`,
    heldBackAt && `past its window ${after(since, heldBackAt)}, told to pull`,
    pulledAt && `pulled ${after(since, pulledAt)}`,
    acknowledgedAt ? `acknowledged ${after(since, acknowledgedAt)}` : 'not acknowledged',
    endedAt && `session ended ${after(since, endedAt)}: ${forTerminal(endReason ?? '')}`,
  ].filter(Boolean)
  return `${forTerminal(device)} by ${forTerminal(transport)}: ${steps.join('; ')} [${forTerminal(session)}]`
}

function after(since: string, time: string): string {
  return `+${Date.parse(time) - Date.parse(since)} ms`
}
