/** The codec: what a client or server of its own needs to speak Hawser. */
export * from './codes.ts'
export { BODIES, type BodyOf, Command, commandName, type Empty } from './commands.ts'
export {
  type ConversationKind,
  conversationIdFault,
  conversationKind,
  directConversationId,
  directPeer,
  directUsers,
  isGroupId,
  ownConversationId,
  userIdFault,
} from './conversation-id.ts'
export { CloseError, RequestError } from './errors.ts'
export * from './frame.ts'
export { FrameDecoder } from './frame-decoder.ts'
export * from './gen/hawser.ts'
export * from './subprotocol.ts'
