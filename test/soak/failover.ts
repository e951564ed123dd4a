import { failover } from '../failover/failover.ts'

/** `node test/soak/failover.ts`: 1,000 browsers over 4 shards, the core killed and started again after 5 s, then taken over by another. */
const runs = [
  ['the same core after 5 s', { kind: 'same-core', afterMs: 5000 }],
  ['another core at once', { kind: 'other-core' }],
] as const
for (const [name, next] of runs) {
  const outcome = await failover({ browsers: Number(process.argv[2] ?? 1000), shards: 4, next })
  const { disturbed, breaches, messages, liveAgainMs, caughtUpMs } = outcome
  console.log(
    `${name}: ${messages} messages, ${breaches.length} not once and in order, ${disturbed.length} browsers disturbed; ` +
      `all sessions live ${liveAgainMs.toFixed(0)} ms after core-ready, all messages shown after ${caughtUpMs.toFixed(0)} ms`,
  )
  for (const breach of [...breaches, ...disturbed].slice(0, 10)) console.log(`  ${breach}`)
  if (breaches.length + disturbed.length > 0) process.exitCode = 1
}
