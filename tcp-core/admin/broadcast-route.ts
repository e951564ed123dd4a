import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { DeviceClass } from '../../shared/gen/hawser.ts'
import { broadcast } from '../ephemeral/broadcast.ts'
import { DEFAULT_CONTENT_TYPE } from '../handlers/send.ts'
import { TRANSPORT_KINDS } from '../transports/transport.ts'
import type { AdminParts } from './admin-parts.ts'
import { contentTypeName, roomName, userName } from './names.ts'

const classes = new Map(
  Object.entries(DeviceClass)
    .filter(([, value]) => value !== DeviceClass.DEVICE_CLASS_UNSPECIFIED)
    .map(([name, value]) => [name.toLowerCase(), value]),
)
const body = z.strictObject({
  content: z.string().min(1),
  contentType: contentTypeName.default(DEFAULT_CONTENT_TYPE),
  filter: z
    .strictObject({
      users: z.array(userName).optional(),
      room: roomName.optional(),
      transport: z.enum(TRANSPORT_KINDS).optional(),
      deviceClass: z.enum([...classes.keys()]).optional(),
    })
    .default({}),
})

/** Tells all sessions something, or those that the filter names (docs/PROTOCOL.md, T4). */
export function broadcastRoute(parts: AdminParts): Hono {
  return new Hono().post('/', async (context) => {
    const { content, contentType, filter } = body.parse(await context.req.json())
    const bytes = Buffer.from(content)
    const { maxContentBytes } = parts.config
    if (bytes.length > maxContentBytes) {
      throw new HTTPException(400, { message: `the content has ${bytes.length} bytes; at most ${maxContentBytes} are taken` })
    }
    const deviceClass = filter.deviceClass === undefined ? undefined : classes.get(filter.deviceClass)
    const message = { sentAt: parts.clock.now(), contentType, content: bytes }
    return context.json({ sessions: await broadcast(parts, message, { ...filter, deviceClass }) })
  })
}
