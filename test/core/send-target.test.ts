import { expect, test } from 'vitest'
import { SendTargets, targetOf } from '../../tcp-core/sessions/send-target.ts'

test('each message goes where it says, whatever the one before it said', () => {
  const toBob = { toUser: 'bob', conversationId: '' }
  const toCarol = { toUser: '', conversationId: 'dm/alice/carol' }
  const toGroup = { toUser: '', conversationId: 'group/sailors' }
  const toHerself = { toUser: 'alice', conversationId: '' }
  const targets = new SendTargets('alice')
  for (const addressed of [toBob, toBob, toCarol, toGroup, toGroup, toBob, toHerself, toCarol, toCarol]) {
    expect(targets.of(addressed)).toEqual(targetOf('alice', addressed))
  }
})

test('the one before it does not excuse what may not be', () => {
  const targets = new SendTargets('alice')
  expect(() => targets.of({ toUser: '', conversationId: '' })).toThrow('Exactly one')
  targets.of({ toUser: 'bob', conversationId: '' })
  expect(() => targets.of({ toUser: 'bob', conversationId: 'dm/alice/bob' })).toThrow('Exactly one')
  expect(() => targets.of({ toUser: '', conversationId: 'dm/bob/carol' })).toThrow('no such conversation')
  expect(() => targets.of({ toUser: '', conversationId: 'dm/bob/carol' })).toThrow('no such conversation')
})
