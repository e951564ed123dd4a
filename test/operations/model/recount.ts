import { Direction } from '../../../shared/gen/hawser.ts'
import type { LogUnderTest } from './log-under-test.ts'
import type { Model } from './model.ts'
import { same } from './same.ts'
import type { Cast } from './steps.ts'

/** Holds what the list counts against a count of the messages that the user can pull. Throws what differs. */
export function recount(log: LogUnderTest, model: Model, cast: Cast): void {
  for (const user of cast.users) {
    for (const { conversationId, readSeq, unread, mentions } of log.list(user)) {
      const { messages = [] } = log.page(user, conversationId, Direction.FORWARD, 0) ?? {}
      const counted = messages.filter(({ seq, sender, change, aftermath }) => {
        const isGone = aftermath !== undefined && (aftermath.expired || aftermath.recalledAt > 0)
        return seq > readSeq && sender !== user && !change && !isGone
      })
      const mentioning = counted.filter(({ seq, details }) => {
        const wasThere = model.conversation(conversationId)?.entries[seq - 1]?.audience.has(user)
        return details && (details.mentionAll || (details.mentions.includes(user) && wasThere))
      })
      same([unread, mentions], [counted.length, mentioning.length], `unread and mentions of ${conversationId} for ${user}`)
    }
  }
}
