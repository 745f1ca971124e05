#include "agent/worker_messages.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace batchmill::agent {

namespace {

using Json = nlohmann::ordered_json;

WorkerInitFailed init_failed(const Json& message) {
  const auto kind = message.at("kind").get<std::string>();
  return {kind == "init" ? 2u : 1u, message.at("error").dump()};
}

// Throws where a key is missing or has another type.
Result<WorkerMessage> message_of(const Json& message) {
  const auto type = message.at("type").get<std::string>();
  if (type == "hello") {
    return WorkerHello{message.at("version").get<std::uint32_t>(),
                       message.at("pid").get<std::int64_t>()};
  }
  if (type == "ready") {
    return WorkerInitDone{std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(message.at("init_seconds").get<double>()))};
  }
  if (type == "init_failed") return init_failed(message);
  if (type == "error") {
    return WorkerAttemptError{message.at("ticket").get<std::uint64_t>(),
                              message.at("error").dump()};
  }
  if (type == "notice") return WorkerNoticeGiven{message.at("notice").dump()};
  if (type == "bye") {
    const auto error = message.find("shutdown_error");
    return WorkerBye{error == message.end() || error->is_null() ? "" : error->dump()};
  }
  return fail(ErrorKind::kProtocol, "the worker sent a message of unknown type '" + type + "'");
}

}  // namespace

Result<WorkerMessage> parse_worker_message(const std::string& json) {
  try {
    return message_of(Json::parse(json));
  } catch (const nlohmann::json::exception& problem) {
    return fail(ErrorKind::kProtocol,
                std::string("the worker sent a malformed message: ") + problem.what());
  }
}

std::string to_json(const InitMessage& message) {
  const auto quoted = [](const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  return fmt::format(
      R"({{"type":"init","node":{},"process":{},"spool":{},"spool_path":{},"log_folder":{},"spec":{}}})",
      message.node, message.process, message.spool, quoted(message.spool_path),
      quoted(message.log_folder), message.spec_json);
}

std::string leases_json(const std::vector<HeldRange>& ranges, std::uint64_t planned) {
  std::string json = R"({"type":"leases","ranges":[)";
  for (const HeldRange& range : ranges) {
    if (json.back() == ']') json += ',';
    fmt::format_to(std::back_inserter(json), "[{},{},{},{}", range.first.value, range.count,
                   range.attempt, range.epoch.value);
    if (!range.part.is_whole()) {
      fmt::format_to(std::back_inserter(json), ",{},{}", range.part.first, range.part.count);
    }
    json += ']';
  }
  fmt::format_to(std::back_inserter(json), R"(],"planned":{}}})", planned);
  return json;
}

std::string shutdown_json() { return R"({"type":"shutdown"})"; }

std::string shutdown_notice_json(const std::string& error_json) {
  return R"({"code":0,"kind":"shutdown","error":)" + error_json + "}";
}

}  // namespace batchmill::agent
