import { z } from 'zod'
import { textFault } from '../../shared/characters.ts'
import { userIdFault } from '../../shared/conversation-id.ts'
import { CONTENT_TYPE_BYTES, ROOM_ID_BYTES } from '../../shared/fields.ts'

/** Names in requests of operators, which obey the same rules as those of clients (docs/PROTOCOL.md, "Names"). */
export const userName = z.string().superRefine(refused(userIdFault))
export const roomName = z.string().superRefine(refused((room) => textFault(room, 'id', ROOM_ID_BYTES)))
export const contentTypeName = z.string().superRefine(refused((type) => textFault(type, 'id', { ...CONTENT_TYPE_BYTES, min: 1 })))
export const remark = z.string().superRefine(refused((text) => textFault(text, 'text', { min: 0, max: 200 })))

function refused(fault: (value: string) => string | undefined) {
  return (value: string, context: z.RefinementCtx): void => {
    const message = fault(value)
    if (message) context.addIssue({ code: 'custom', message })
  }
}
