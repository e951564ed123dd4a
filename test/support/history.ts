export * from '../../client/history-check.ts'
