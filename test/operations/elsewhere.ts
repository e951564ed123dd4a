import type { OperationElsewhere } from './operation.ts'

/** Operations that tests of their own hold. */
export const ELSEWHERE: readonly OperationElsewhere[] = [
  {
    name: 'LOGIN',
    who: 'whoever has a token',
    logs: 'nothing',
    errors: ['already_logged_in', 'field_invalid'],
    tests: ['test/doors.test.ts', 'test/connections/policy.test.ts', 'test/resume.test.ts', 'test/edge/expiry.test.ts'],
  },
  { name: 'LOGOUT', who: 'every session', logs: 'nothing', errors: [], tests: ['test/doors.test.ts'] },
  { name: 'PING', who: 'every connection', logs: 'nothing', errors: [], tests: ['test/doors.test.ts'] },
  {
    name: 'DELIVER_ACK',
    who: 'every session; it has no reply',
    logs: 'nothing: the position moves',
    errors: [],
    tests: ['test/core/ack-wait.test.ts', 'test/core/ack-deadline.test.ts'],
  },
  {
    name: 'POST /broadcast',
    who: 'operators',
    logs: 'nothing',
    errors: ['HTTP 400', 'HTTP 401'],
    tests: ['test/ephemeral/broadcast.test.ts'],
  },
  {
    name: 'POST /groups/:group/add, remove, transfer, dissolve',
    who: 'operators (G11)',
    logs: '`add`, `remove`, `transfer`, `dissolve` of nobody',
    errors: ['HTTP 400', 'HTTP 401', 'HTTP 404', 'HTTP 409'],
    tests: ['test/messages/operator.test.ts'],
  },
  {
    name: 'GET /trace/:messageId',
    who: 'operators',
    logs: 'nothing',
    errors: ['HTTP 401', 'HTTP 404'],
    tests: ['test/storage/trace.test.ts'],
  },
]
