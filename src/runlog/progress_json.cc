#include "runlog/progress_json.h"

#include <cmath>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace batchmill::runlog {

namespace {

using nlohmann::ordered_json;

constexpr int kVersion = 1;

// A file name or a message of the user's may hold any bytes; they never stop a report.
std::string dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

double tenths(double seconds) { return std::round(seconds * 10) / 10; }

ordered_json count_json(const Count& count) {
  return {{"done", count.done},
          {"failed", count.failed},
          {"total", count.total},
          {"total_known", count.total_known}};
}

Count count_from(const ordered_json& value) {
  Count count;
  count.done = value.value("done", std::uint64_t{0});
  count.failed = value.value("failed", std::uint64_t{0});
  count.total = value.value("total", std::uint64_t{0});
  count.total_known = value.value("total_known", false);
  return count;
}

void add_figures(ordered_json& object, const StepProgress& step) {
  object["mini_batches"] = count_json(step.mini_batches);
  object["items"] = count_json(step.items);
  object["retried"] = step.retried;
  object["rate"] = std::round(step.rate * 100) / 100;
}

void add_estimate(ordered_json& object, const StepProgress& step) {
  if (!step.left_s) return;
  object["left_s"] = {std::llround(step.left_s->low), std::llround(step.left_s->high)};
}

ordered_json step_json(const StepProgress& step) {
  ordered_json object = {{"step", step.step},
                         {"kind", step.kind},
                         {"status", name_of(step.status)},
                         {"phase", step.phase},
                         {"phase_since_s", tenths(step.phase_since_s)},
                         {"elapsed_s", tenths(step.elapsed_s)},
                         {"reason", step.reason}};
  if (step.kind != "parallel") return object;
  add_figures(object, step);
  object["busy"] = step.busy;
  object["ready"] = step.ready;
  add_estimate(object, step);
  if (step.merged_fraction > 0) object["merged"] = std::round(step.merged_fraction * 1000) / 1000;
  object["running"] = ordered_json::array();
  for (const RunningAttempt& attempt : step.running) {
    object["running"].push_back({{"worker", attempt.worker},
                                 {"mini_batch", attempt.mini_batch},
                                 {"seconds", tenths(attempt.seconds)}});
  }
  return object;
}

// "2026-01-12T09:13:40Z"; 0 for anything else.
WallTime time_from(const std::string& text) {
  std::tm parts{};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return {};
  return WallTime{static_cast<std::int64_t>(timegm(&parts)) * 1'000'000};
}

JobStatus status_from(const ordered_json& object) {
  return job_status_from(object.value("status", "")).value_or(JobStatus::kNotStarted);
}

StepProgress step_from(const ordered_json& object) {
  StepProgress step;
  step.step = object.value("step", "");
  step.kind = object.value("kind", "");
  step.status = status_from(object);
  step.phase = object.value("phase", "waiting");
  step.phase_since_s = object.value("phase_since_s", 0.0);
  step.elapsed_s = object.value("elapsed_s", 0.0);
  step.reason = object.value("reason", "");
  if (object.contains("mini_batches")) step.mini_batches = count_from(object["mini_batches"]);
  if (object.contains("items")) step.items = count_from(object["items"]);
  step.retried = object.value("retried", std::uint64_t{0});
  step.rate = object.value("rate", 0.0);
  step.busy = object.value("busy", 0U);
  step.ready = object.value("ready", 0U);
  if (object.contains("left_s")) {
    step.left_s =
        SecondsRange{object["left_s"].at(0).get<double>(), object["left_s"].at(1).get<double>()};
  }
  step.merged_fraction = object.value("merged", 0.0);
  for (const auto& attempt : object.value("running", ordered_json::array())) {
    step.running.push_back({attempt.value("worker", ""),
                            attempt.value("mini_batch", std::uint64_t{0}),
                            attempt.value("seconds", 0.0)});
  }
  return step;
}

JobProgress progress_from(const ordered_json& object) {
  JobProgress progress;
  progress.time = time_from(object.value("time", ""));
  progress.job = object.value("job", "");
  progress.status = status_from(object);
  for (const auto& step : object.at("steps")) progress.steps.push_back(step_from(step));
  return progress;
}

void add_text(ordered_json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

ordered_json event_json(const JobEvent& event) {
  ordered_json object = {{"time", iso_seconds(event.time)}, {"type", event.type}};
  add_text(object, "step", event.step);
  add_text(object, "status", event.status);
  add_text(object, "reason", event.reason);
  if (event.code != 0) object["code"] = event.code;
  add_text(object, "level", event.level);
  add_text(object, "text", event.text);
  add_text(object, "help", event.help);
  if (event.type == "step_status") object["elapsed_s"] = tenths(event.elapsed_s);
  if (event.type == "failure") {
    object["mini_batch"] = event.mini_batch;
    object["try"] = event.attempt;
    object["tries"] = event.attempts;
  }
  if (event.mini_batches) {
    object["mini_batches"] = count_json(*event.mini_batches);
    object["rows"] = event.rows;
  }
  if (event.items) object["items"] = count_json(*event.items);
  return object;
}

JobEvent event_from(const ordered_json& object) {
  JobEvent event;
  event.time = time_from(object.value("time", ""));
  event.type = object.value("type", "");
  event.step = object.value("step", "");
  event.status = object.value("status", "");
  event.reason = object.value("reason", "");
  event.code = object.value("code", 0);
  event.level = object.value("level", "");
  event.text = object.value("text", "");
  event.help = object.value("help", "");
  event.elapsed_s = object.value("elapsed_s", 0.0);
  event.mini_batch = object.value("mini_batch", std::uint64_t{0});
  event.attempt = object.value("try", 0U);
  event.attempts = object.value("tries", 0U);
  if (object.contains("mini_batches")) event.mini_batches = count_from(object["mini_batches"]);
  if (object.contains("items")) event.items = count_from(object["items"]);
  event.rows = object.value("rows", std::uint64_t{0});
  return event;
}

// Reads with `read`, whose exceptions (a key of another type, a missing one) become errors.
template <typename Read>
auto parse(std::string_view text, const char* what, Read read)
    -> Result<decltype(read(ordered_json()))> {
  try {
    return read(ordered_json::parse(text));
  } catch (const ordered_json::exception& problem) {
    return fail(ErrorKind::kProtocol, fmt::format("{}: {}", what, problem.what()));
  }
}

}  // namespace

std::string to_json(const JobProgress& progress) {
  ordered_json object = {{"version", kVersion},
                         {"time", iso_seconds(progress.time)},
                         {"job", progress.job},
                         {"status", name_of(progress.status)},
                         {"steps", ordered_json::array()}};
  for (const StepProgress& step : progress.steps) object["steps"].push_back(step_json(step));
  return dump(object) + "\n";
}

Result<JobProgress> progress_from_json(std::string_view text) {
  BM_ASSIGN(const int version, parse(text, "progress.json", [](const ordered_json& object) {
              return object.at("version").get<int>();
            }));
  if (version != kVersion) {
    return fail(ErrorKind::kProtocol, fmt::format("progress.json has version {}", version));
  }
  return parse(text, "progress.json", progress_from);
}

std::string to_json_line(const JobEvent& event) { return dump(event_json(event)) + "\n"; }

Result<JobEvent> event_from_json(std::string_view line) {
  return parse(line, "events.jsonl", event_from);
}

std::string step_progress_json(const JobProgress& progress, const StepProgress& step) {
  ordered_json object = {{"time", iso_seconds(progress.time)},
                         {"job", progress.job},
                         {"step", step.step},
                         {"status", name_of(step.status)},
                         {"phase", step.phase}};
  add_figures(object, step);
  add_estimate(object, step);
  return dump(object);
}

}  // namespace batchmill::runlog
