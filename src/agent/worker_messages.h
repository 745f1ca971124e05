#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/lease_book.h"
#include "base/result.h"
#include "base/time.h"

// The JSON messages between agent and worker (docs/formats/worker-protocol.md). Pure.
namespace batchmill::agent {

struct WorkerHello {
  std::uint32_t version = 0;
  std::int64_t pid = 0;
};
struct WorkerInitDone {
  Duration took{};
};
struct WorkerInitFailed {
  std::uint32_t kind = 2;  // WorkerFailed.kind of channel.proto: 1 import or no run, 2 init
  std::string error;       // JSON error record
};
struct WorkerAttemptError {
  std::uint64_t ticket = 0;
  std::string error;  // JSON error record
};
struct WorkerNoticeGiven {
  std::string notice;  // JSON
};
struct WorkerBye {
  std::string shutdown_error;  // JSON error record; empty when shutdown() was well
};

using WorkerMessage = std::variant<WorkerHello, WorkerInitDone, WorkerInitFailed,
                                   WorkerAttemptError, WorkerNoticeGiven, WorkerBye>;

constexpr std::uint32_t kWorkerProtocolVersion = 1;

// kProtocol when the text is no message of ours.
Result<WorkerMessage> parse_worker_message(const std::string& json);

struct InitMessage {
  std::string spec_json;  // the content of worker.json, sent as it is
  std::uint32_t node = 0;
  std::uint32_t process = 0;
  std::uint32_t spool = 0;
  std::string spool_path;
  std::string log_folder;
};
std::string to_json(const InitMessage& message);
std::string leases_json(const std::vector<HeldRange>& ranges, std::uint64_t planned);
std::string shutdown_json();

// A notice of ours: the worker's shutdown() failed.
std::string shutdown_notice_json(const std::string& error_json);

}  // namespace batchmill::agent
