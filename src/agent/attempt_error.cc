#include "agent/attempt_error.h"

#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "agent/stack_dump.h"
#include "base/text.h"

namespace batchmill::agent {

namespace {

constexpr std::size_t kStderrLines = 5;
constexpr int kCodeRunTimeout = 908;
constexpr int kCodeLoadTimeout = 909;
constexpr int kCodeSignal = 910;
constexpr int kCodeMemory = 911;
constexpr int kCodeExit = 912;

void set_stack(runlog::ErrorRecord& record, std::string_view dump, std::string_view code_folder) {
  record.raised.frames = parse_stack_dump(dump, code_folder);
  record.raised.place = innermost_user_place(record.raised.frames);
}

// "60 s", "0.5 s"
std::string seconds(Duration duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

std::string gigabytes(std::uint64_t kib) {
  return fmt::format("{:.1f} GB", static_cast<double>(kib) * 1024 / 1e9);
}

// "512 MB", "7.9 GB", "8 GB", in powers of 1024 as worker_memory_limit_mb counts.
std::string binary_size(std::uint64_t bytes) {
  constexpr double kMega = 1024 * 1024;
  const double megabytes = static_cast<double>(bytes) / kMega;
  if (megabytes < 1024) return fmt::format("{:.0f} MB", megabytes);
  std::string text = fmt::format("{:.1f}", megabytes / 1024);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " GB";
}

std::string death_message(const SpawnExit& exit, bool out_of_memory) {
  if (exit.signal == 0) {
    return fmt::format("the script ended its process (exit code {})", exit.exit_code);
  }
  if (exit.signal == SIGKILL) {
    return out_of_memory ? "killed: out of memory (peak " + gigabytes(exit.peak_rss_kib) + ")"
                         : "the process was killed (SIGKILL)";
  }
  const char* name = ::sigabbrev_np(exit.signal);
  return name != nullptr ? fmt::format("the process crashed (SIG{})", name)
                         : fmt::format("the process crashed (signal {})", exit.signal);
}

}  // namespace

runlog::ErrorRecord timeout_error(AttemptStatus status, Duration limit, std::string_view dump,
                                  std::string_view code_folder) {
  runlog::ErrorRecord record;
  if (status == AttemptStatus::kLoadTimeout) {
    record.code = kCodeLoadTimeout;
    record.raised.message =
        fmt::format("not loaded after {} (--task_overhead_timeout)", seconds(limit));
  } else {
    record.code = kCodeRunTimeout;
    record.raised.message =
        fmt::format("still running after {} (retry_settings.timeout)", seconds(limit));
  }
  set_stack(record, dump, code_folder);
  if (record.raised.frames.empty()) record.detail = repair_utf8(last_lines(dump, kStderrLines));
  return record;
}

runlog::ErrorRecord death_error(const SpawnExit& exit, bool out_of_memory,
                                std::string_view stderr_tail, std::string_view code_folder) {
  runlog::ErrorRecord record;
  record.code = exit.signal == 0                          ? kCodeExit
                : exit.signal == SIGKILL && out_of_memory ? kCodeMemory
                                                          : kCodeSignal;
  record.raised.message = death_message(exit, out_of_memory);
  const std::size_t fatal = stderr_tail.rfind("Fatal Python error");
  if (exit.signal != 0 && fatal != std::string_view::npos) {
    set_stack(record, stderr_tail.substr(fatal), code_folder);
    // The dump is told as frames; what the script said before it is the rest.
    if (!record.raised.frames.empty()) stderr_tail = stderr_tail.substr(0, fatal);
  }
  record.detail = repair_utf8(last_lines(stderr_tail, kStderrLines));
  return record;
}

runlog::ErrorRecord memory_error(std::uint64_t peak, std::uint64_t limit,
                                 std::string_view stderr_tail) {
  runlog::ErrorRecord record;
  record.code = kCodeMemory;
  record.raised.message = fmt::format("killed: out of memory (peak {}, limit {})",
                                      binary_size(peak), binary_size(limit));
  record.detail = repair_utf8(last_lines(stderr_tail, kStderrLines));
  return record;
}

runlog::ErrorRecord broken_worker_error(const std::string& message, std::string_view stderr_tail) {
  runlog::ErrorRecord record;
  record.code = kCodeExit;
  record.raised.message = message;
  record.detail = repair_utf8(last_lines(stderr_tail, kStderrLines));
  return record;
}

std::string with_mini_batch(const std::string& error_json, std::uint64_t mini_batch) {
  runlog::ErrorRecord record = runlog::parse_error_record(error_json);
  record.mini_batch = mini_batch;
  return runlog::to_json(record);
}

}  // namespace batchmill::agent
