//! Every limit of the RPC server, in one place; the unit is in the name.
//!
//! They bound what one client can make the node hold in memory or compute, never what the chain allows. Nothing here
//! is consensus.

/// Largest request body or WebSocket message.
pub const REQUEST_BYTES_MAX: u32 = 15 * 1024 * 1024;
/// Largest response; a storage page or a block with its extrinsics fits many times.
pub const RESPONSE_BYTES_MAX: u32 = 32 * 1024 * 1024;
/// Requests in one batch array.
pub const BATCH_REQUESTS_MAX: u32 = 1_000;
/// Submissions of one batch that are in work at the same time. They take that many places of [`ENGINE_COMMANDS_MAX`].
pub const BATCH_SUBMISSIONS_AT_ONCE_MAX: usize = 32;
/// Connections served at the same time unless the node says otherwise; more are answered with HTTP status 429.
pub const CONNECTIONS_MAX: u32 = 512;
/// Connections of one client's address at the same time unless the node says otherwise; more are answered with 429.
pub const CONNECTIONS_PER_ADDRESS_MAX: u32 = 128;
/// Connections of one address beyond those that are told why at the same time; more are closed at once.
pub const CONNECTIONS_TOLD_WHY_PER_ADDRESS_MAX: usize = 4;
/// How long a connection that is not served may take for its request before it is closed.
pub const REFUSED_TIMEOUT_MS: u64 = 2_000;
/// TCP connections accepted beyond those so that they can be told why; more are closed at once.
pub const CONNECTIONS_TOLD_WHY_MAX: u32 = 64;
/// Live subscriptions on one connection.
pub const SUBSCRIPTIONS_PER_CONNECTION_MAX: u32 = 1_024;
/// Messages that wait to be written to one connection's socket.
pub const OUTGOING_MESSAGES_PER_CONNECTION_MAX: u32 = 512;
/// How long a notification may wait for room among a connection's outgoing messages before the connection is closed.
pub const SLOW_SUBSCRIBER_TIMEOUT_MS: u64 = 10_000;
/// Messages that may wait for a client while a large one is read for it.
pub const LARGE_MESSAGES_WAITING_MAX: usize = 8;
/// Requests of one connection that may be in work; the server reads no more from its socket until one is answered.
pub const REQUESTS_IN_WORK_PER_CONNECTION_MAX: usize = 256;
/// Parameter bytes of the requests of one connection that may be in work, on the same terms.
pub const REQUEST_BYTES_IN_WORK_PER_CONNECTION_MAX: usize = 32 * 1024 * 1024;
/// Bytes of answers that wait for the client of one connection; while there are as many, the server reads no requests.
pub const ANSWER_BYTES_PER_CONNECTION_TO_READ_ON: usize = 16 * 1024 * 1024;
/// Bytes of answers that may wait for the client of one connection; an answer beyond is replaced by an error, and a
/// subscription's connection is closed. One answer always finds room.
pub const ANSWER_BYTES_PER_CONNECTION_MAX: usize = 64 * 1024 * 1024;
/// Bytes of answers that may wait over all connections, on the same terms; small ones always find room.
pub const ANSWER_BYTES_MAX: usize = 384 * 1024 * 1024;
/// How long a client may read nothing of what waits for it before its connection is closed.
pub const SLOW_READER_TIMEOUT_MS: u64 = 30_000;
/// Bytes that it must take in that time.
pub const SLOW_READER_BYTES_MIN: usize = 64 * 1024;
/// How long a client may take for one request, from its first byte to its last, unless the node says otherwise; so long
/// may an HTTP connection be idle, too.
pub const REQUEST_TIMEOUT_S: u32 = 60;
/// Bytes of messages to one WebSocket's client that may wait to be sent together.
pub const COALESCED_BYTES_MAX: usize = 16 * 1024;
/// How long one of them may wait for others, in microseconds, when another one comes.
pub const COALESCED_US_MAX: u64 = 1_000;
/// Bytes of a WebSocket that are read at a time.
pub const FRAMES_READ_BYTES: usize = 16 * 1024;
/// Bytes of requests of which only a part has arrived, over all connections. One that is not small may grow while it
/// has less than is free; else it waits or is refused.
pub const ARRIVING_BYTES_MAX: usize = 192 * 1024 * 1024;
/// What of that the large ones may have together.
pub const ARRIVING_BYTES_LARGE_MAX: usize = ARRIVING_BYTES_MAX / 4 * 3;
/// Bytes beyond which such a one is large.
pub const ARRIVING_BYTES_OF_MEDIUM_MAX: usize = 1024 * 1024;
/// How long such a one waits before it looks for room again.
pub const ARRIVING_RETRY_MS: u64 = 50;
/// Bytes of the head of an HTTP request.
pub const HTTP_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Lists and objects that may stand in each other in a request's parameters.
pub const JSON_DEPTH_MAX: usize = 64;
/// Calls between two sweeps through the addresses that the rate limit remembers.
pub const RATE_CHECKS_PER_SWEEP: u32 = 4_096;
/// Parameter bytes of the small requests in work, over all connections, and those of the large ones; a request beyond
/// is refused as the server is busy.
pub const REQUEST_BYTES_IN_WORK_MAX: usize = 96 * 1024 * 1024;
/// Parameter bytes of a request that counts as small.
pub const REQUEST_BYTES_SMALL_MAX: usize = 64 * 1024;
/// Bytes of the message and of the data of an error.
pub const ERROR_TEXT_BYTES_MAX: usize = 2_000;
/// Parameters of a request that are looked at; no method takes as many.
pub const ARGUMENTS_MAX: usize = 16;
/// Keys that one `state_getKeysPaged` answers.
pub const KEYS_PER_PAGE_MAX: u32 = 1_000;
/// Keys that one `state_queryStorageAt`, `state_getReadProof` or `state_subscribeStorage` takes.
pub const KEYS_PER_QUERY_MAX: usize = 1_024;
/// Keys that `state_getStorageSize` adds up when its key is a prefix.
pub const KEYS_PER_SIZE_MAX: usize = 10_000;
/// Numbers in the list that `chain_getBlockHash` takes.
pub const HASHES_PER_QUERY_MAX: usize = 1_000;
/// Commands that wait for the engine (submissions, sealing); when full, a submission is refused.
pub const ENGINE_COMMANDS_MAX: usize = 4_096;
/// Notices of new, best and final blocks kept for a subscriber that is behind; one that misses some is disconnected.
pub const NOTICES_KEPT_MAX: usize = 1_024;
/// Live `chainHead_v1_follow` of one connection.
pub const FOLLOWS_PER_CONNECTION_MAX: usize = 4;
/// Blocks pinned for one follow that are final or on a discarded fork; the follow is stopped when there are more.
pub const PINNED_SETTLED_BLOCKS_MAX: usize = 512;
/// How far below the final block a pinned one may lie; the follow is stopped when one lies lower.
pub const PINNED_DEPTH_BLOCKS_MAX: u32 = 512;
/// Hashes that one `chainHead_v1_unpin` takes: more than can be pinned on a usual chain.
pub const UNPINNED_BLOCKS_PER_REQUEST_MAX: usize = 8_192;
/// Operations of one follow at the same time.
pub const OPERATIONS_PER_FOLLOW_MAX: usize = 16;
/// How many of those read, or wait to send what they have read.
pub const OPERATIONS_READING_PER_FOLLOW_MAX: usize = 4;
/// Items that one `chainHead_v1_storage` takes; more are reported as discarded.
pub const STORAGE_QUERIES_PER_OPERATION_MAX: usize = 1_024;
/// Bytes of the keys in such a list.
pub const STORAGE_QUERY_KEY_BYTES_MAX: usize = 128 * 1024;
/// Items in one notification about storage.
pub const STORAGE_PAGE_ITEMS_MAX: usize = 256;
/// Bytes of keys and values after which such a notification takes no more.
pub const STORAGE_PAGE_BYTES_MAX: usize = 256 * 1024;
/// `archive_v1_storage` of one connection at the same time, and as many `archive_v1_storageDiff`.
pub const ARCHIVE_STORAGES_PER_CONNECTION_MAX: usize = 16;
/// Keys and prefixes that `archive_v1_storageDiff` looks at in one turn.
pub const DIFF_STEPS_PER_READ: usize = 128;
/// Transactions that one connection may have broadcast at the same time.
pub const BROADCASTS_PER_CONNECTION_MAX: usize = 16;
/// Transactions that all connections together may have broadcast.
pub const BROADCASTS_MAX: usize = 1_024;
/// Their bytes.
pub const BROADCAST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Best blocks that pass at most before a broadcast transaction that the pool refuses is tried again.
pub const BROADCAST_RETRY_BLOCKS_MAX: u32 = 64;
/// Final blocks that a new `chainHead_v1_follow` begins with.
pub const FINAL_BLOCKS_TOLD_MAX: usize = 16;
/// Bytes of a transaction with its length prefix; the pool takes no larger ones.
pub const TRANSACTION_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of the transactions that `author_pendingExtrinsics` lists; their hexadecimal form fits a response.
pub const PENDING_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Transactions that `txpool_content` lists.
pub const POOL_TRANSACTIONS_LISTED_MAX: usize = 4_096;
/// Bytes of a transaction that `txpool_content` and the like take apart; of a longer one they show the bytes.
pub const POOL_DECODED_TRANSACTION_BYTES_MAX: usize = 64 * 1024;
/// Bytes of JSON that one answer about the pool may have besides the raw transactions; later ones are not taken apart.
pub const POOL_DECODED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of the line that `txpool_inspect` says about a transaction.
pub const POOL_LINE_BYTES_MAX: usize = 256;
/// Blocks in one answer of `admin_exportChain`.
pub const BLOCKS_PER_EXPORT_MAX: usize = 256;
/// Bytes of these blocks, unless the first one has more; their hexadecimal form fits a response.
pub const EXPORT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Lists of pending transactions in work at the same time, over all connections.
pub const PENDING_AT_ONCE_MAX: usize = 2;
/// Statuses that wait for one watcher of a transaction.
pub const STATUSES_PER_WATCH_MAX: usize = 64;
/// Database reads in work at the same time, over all connections.
pub const READS_AT_ONCE_MAX: usize = 64;
/// Requests that wait for a turn among the reads or the runtime calls, over all connections; more are refused.
pub const BLOCKING_WAITERS_MAX: usize = 16_384;
/// Bytes of the keys and values that one answer about storage may have; their hexadecimal form fits a response.
pub const STORAGE_ANSWER_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Answers about storage in work at the same time, over all connections, from the first read until serialised.
pub const STORAGE_ANSWERS_AT_ONCE_MAX: usize = 2;
/// Keys that are read at a time for a page of keys.
pub const KEYS_PER_READ: usize = 128;
/// Bytes of the keys and values that the storage subscriptions of one connection may watch.
pub const WATCHED_BYTES_PER_CONNECTION_MAX: usize = 16 * 1024 * 1024;
/// Bytes of the keys and values that all storage subscriptions may watch: they are read for each new head.
pub const WATCHED_BYTES_MAX: usize = 192 * 1024 * 1024;
/// Bytes that a watched key counts besides its own and its value's.
pub const WATCHED_KEY_BYTES: usize = 128;
/// Answers in work at the same time, over all connections, for which blocks are taken apart into JSON.
pub const DECODES_AT_ONCE_MAX: usize = 4;
/// Transactions that became ready, kept for a subscriber to them that is behind; one that misses some is disconnected.
pub const READY_KEPT_MAX: usize = 8_192;
/// Blocks that one `zx_getLogs` looks through.
pub const LOGS_BLOCKS_MAX: u32 = 1_024;
/// Blocks whose Bloom filters one `zx_getLogs` for contracts looks through.
pub const LOGS_BLOOMS_MAX: u32 = 65_536;
/// Events that one `zx_getLogs` answers.
pub const LOGS_COUNT_MAX: usize = 10_000;
/// Bytes of the blocks, with their events, that one `zx_getLogs` looks through; one block is always looked through.
pub const LOGS_READ_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of the JSON of the events that it answers.
pub const LOGS_ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of the JSON of events after which a subscriber to them is sent what there is before more are read.
pub const LOGS_PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Events that a block or a receipt is shown with.
pub const EVENTS_PER_ANSWER_MAX: usize = 65_536;
/// Values in one list of a filter.
pub const LOG_FILTER_VALUES_MAX: usize = 32;
/// Blocks that one `zx_validateChain` checks.
pub const VALIDATED_BLOCKS_MAX: u32 = 1_024;
/// Blocks that it checks unless told which: the last ones.
pub const VALIDATED_BLOCKS_DEFAULT: u32 = 256;
/// Problems after which it stops.
pub const VALIDATION_PROBLEMS_MAX: usize = 16;
/// Bytes of the arguments of a call that is sent by name.
pub const CALL_ARGUMENTS_BYTES_MAX: usize = 1024 * 1024;
/// Blocks that a subscriber is told of at once after a change of branch; older ones it has to ask for.
pub const ENACTED_BLOCKS_TOLD_MAX: usize = 256;
/// Sources that wait for the compiler; more are refused.
pub const COMPILATIONS_WAITING_MAX: usize = 8;
/// Bytes of a contract's source that is compiled here.
pub const SOURCE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a contract's module.
pub const CONTRACT_CODE_BYTES_MAX: usize = 128 * 1024;
/// Bytes of the input of a contract's call.
pub const CONTRACT_INPUT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the salt of a contract's address.
pub const CONTRACT_SALT_BYTES_MAX: usize = 1024;
/// Bytes of the list of problems with a source that an error carries.
pub const DIAGNOSTICS_BYTES_MAX: usize = 64 * 1024;
