/** What an installation decides about its conversations. */
export interface LogRules {
  /** How long a sender may edit and take back a message where its group says nothing, in seconds. */
  readonly editSeconds: number
  readonly recallSeconds: number
  readonly maxGroupMembers: number
  /** Who may write to whom: everybody, or only contacts. */
  readonly messagesFrom: 'everyone' | 'contacts'
  /** Who may make a user a member of a group, where he does not say so himself. */
  readonly addedBy: 'everyone' | 'contacts' | 'nobody'
  /** Into how many groups others may put a user in a day, and how many he may be in before nobody can any more. */
  readonly maxAddedADay: number
  readonly maxGroupsAddedTo: number
  /** How many one user may put into groups in a day. */
  readonly maxAddsADay: number
  /** Whether messages can be searched for: it costs an index. */
  readonly search: 'on' | 'off'
}

export const DEFAULT_LOG_RULES: LogRules = {
  editSeconds: 86_400,
  recallSeconds: 86_400,
  maxGroupMembers: 100_000,
  messagesFrom: 'everyone',
  addedBy: 'everyone',
  maxAddedADay: 500,
  maxGroupsAddedTo: 2000,
  maxAddsADay: 100_000,
  search: 'on',
}

/** The rules among other settings: what the storage thread is given. */
export function logRules(settings: LogRules): LogRules {
  const { editSeconds, recallSeconds, maxGroupMembers, messagesFrom, addedBy, maxAddedADay, maxGroupsAddedTo, maxAddsADay, search } =
    settings
  return { editSeconds, recallSeconds, maxGroupMembers, messagesFrom, addedBy, maxAddedADay, maxGroupsAddedTo, maxAddsADay, search }
}
