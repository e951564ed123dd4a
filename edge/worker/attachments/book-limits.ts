/** What one name may have; Infinity for no limit. */
export interface BookLimits {
  /** Bytes in the last 24 hours, */
  readonly day: number
  /** and in all. */
  readonly total: number
  /** Uploads under way. */
  readonly atOnce: number
  /** Bytes count in all for so many days: the age at which the operator deletes files. */
  readonly keptDays: number
}

/** Why an upload is not taken. */
export type Exceeded = 'day' | 'total' | 'at_once'

export interface Entry {
  /** A user; '' for all users together. */
  readonly name: string
  /** Of the attachment. */
  readonly id: string
  readonly bytes: number
  /** Milliseconds since 1970: what is under way then has been forgotten by its Worker. */
  readonly until: number
}
