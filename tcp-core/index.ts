/** The core as a library: what `hawser core` runs. */
export { ConfigError, type CoreConfig, configHelp, readConfig } from './config/config.ts'
export type { Append, AppendOutcome, LogStore, MemberPosition, PageQuery, PageResult } from './log/log-store.ts'
export { CoreServer } from './server.ts'
