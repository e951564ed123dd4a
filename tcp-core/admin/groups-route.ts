import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { ErrorName } from '../../shared/codes.ts'
import { isGroupId } from '../../shared/conversation-id.ts'
import { RequestError } from '../../shared/errors.ts'
import type { Change } from '../../shared/gen/hawser.ts'
import { OperatorSend } from '../sending/operator-send.ts'
import type { AdminParts } from './admin-parts.ts'
import { userName } from './names.ts'

/** Under the same id an act is done once, however often it is asked for. */
const id = z
  .string()
  .min(1)
  .max(56)
  .regex(/^[!-~]+$/, 'has other characters than letters, digits and signs of ASCII')
  .optional()
const usersBody = z.strictObject({ users: z.array(userName).min(1).max(500), id })
const transferBody = z.strictObject({ user: userName, id })
const dissolveBody = z.strictObject({ id })

const STATUS: Partial<Record<ErrorName, 400 | 404 | 409 | 503>> = {
  conversation_unknown: 404,
  field_invalid: 400,
  storage_unavailable: 503,
}

/** What operators do to groups (docs/PROTOCOL.md, G11): also to one whose owner is gone or banned. */
export function groupsRoute(parts: AdminParts): Hono {
  const act = async (group: string, change: Change, id: string = randomUUID()) => {
    const conversationId = `group/${group}`
    if (!isGroupId(conversationId)) throw new HTTPException(400, { message: `"${group}" can be no group's id` })
    const send = new OperatorSend(parts, { id, conversationId, change })
    send.begin()
    const outcome = await send.outcome
    if (outcome.kind !== 'stored' && outcome.kind !== 'duplicate') throw new HTTPException(500, { message: 'the entry was not stored' })
    return { conversationId, seq: outcome.seq, messageId: outcome.messageId, duplicate: outcome.kind === 'duplicate' }
  }
  const app = new Hono()
  app.onError((error) => {
    if (!(error instanceof RequestError)) throw error
    const message = error.code === 'conversation_unknown' ? 'there is no such group' : error.message
    throw new HTTPException(STATUS[error.code] ?? 409, { message, cause: error })
  })
  app.post('/:group/add', async (context) => {
    const { users, id } = usersBody.parse(await context.req.json())
    return context.json(await act(context.req.param('group'), { add: { users } }, id))
  })
  app.post('/:group/remove', async (context) => {
    const { users, id } = usersBody.parse(await context.req.json())
    return context.json(await act(context.req.param('group'), { remove: { users } }, id))
  })
  app.post('/:group/transfer', async (context) => {
    const { user, id = randomUUID() } = transferBody.parse(await context.req.json())
    const banned = parts.access.refusalOfUser(user)
    if (banned !== undefined) throw new HTTPException(409, { message: `"${user}" cannot own a group: ${banned}` })
    const group = context.req.param('group')
    const transfer = () => act(group, { transfer: { user } }, id)
    return context.json(
      await transfer().catch(async (error: unknown) => {
        if (!(error instanceof RequestError && error.code === 'field_invalid')) throw error
        // Who is to own it and is no member becomes one first.
        await act(group, { add: { users: [user] } }, `${id}.member`)
        return transfer()
      }),
    )
  })
  app.post('/:group/dissolve', async (context) => {
    const { id } = dissolveBody.parse(await context.req.json())
    return context.json(await act(context.req.param('group'), { dissolve: {} }, id))
  })
  return app
}
