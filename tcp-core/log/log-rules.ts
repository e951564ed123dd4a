/** What an installation decides about its conversations. */
export interface LogRules {
  /** How long a sender may edit and take back a message where its group says nothing, in seconds. */
  readonly editSeconds: number
  readonly recallSeconds: number
  readonly maxGroupMembers: number
  /** Who may write to whom: everybody, or only contacts. */
  readonly messagesFrom: 'everyone' | 'contacts'
  /** Whether messages can be searched for: it costs an index. */
  readonly search: 'on' | 'off'
}

export const DEFAULT_LOG_RULES: LogRules = {
  editSeconds: 86_400,
  recallSeconds: 86_400,
  maxGroupMembers: 100_000,
  messagesFrom: 'everyone',
  search: 'on',
}

/** The rules among other settings: what the storage thread is given. */
export function logRules({ editSeconds, recallSeconds, maxGroupMembers, messagesFrom, search }: LogRules): LogRules {
  return { editSeconds, recallSeconds, maxGroupMembers, messagesFrom, search }
}
