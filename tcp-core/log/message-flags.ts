/** What a message's row says of it besides its content; a message of which nothing is said costs a page no further look. */
export const EDITED = 1
/** The content is gone: taken back, or disappeared. */
export const RECALLED = 2
export const EXPIRED = 4
export const REACTED = 8
export const PINNED = 16
/** It mentions everybody. */
export const MENTIONS_ALL = 32
/** It mentions single users: rows of `mention`. */
export const MENTIONS = 64
/** The content of an edit that is gone with its message. */
export const ERASED_EDIT = 128

/** Its digest is no longer that of what is in the row, because some of it was taken out. */
export const ERASED = RECALLED | EXPIRED | EDITED | ERASED_EDIT
