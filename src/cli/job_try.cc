#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/job_commands.h"
#include "cli/show_diagnostics.h"
#include "cli/show_refusal.h"
#include "pipeline/diagnostic_text.h"
#include "workspace/dry_run_advice.h"
#include "workspace/plan_try.h"

namespace batchmill::cli {

using Json = nlohmann::ordered_json;

namespace {

workspace::TryRequest try_request(const Invocation& call) {
  workspace::TryRequest request;
  request.check.file = call.text("file");
  request.check.sets = call.texts("set");
  request.step = call.text("step");
  request.inputs = call.texts("input");
  return request;
}

const ParallelSpec& spec_of(const workspace::TryPlan& plan) {
  const auto& steps = plan.plan->steps;
  const auto found = std::find_if(steps.begin(), steps.end(),
                                  [&](const StepPlan& step) { return step.name == plan.step; });
  return std::get<ParallelSpec>(found->spec);
}

std::string items_text(const DryRunMiniBatch& about) {
  if (about.kind == "ranks") return "no input";
  if (about.items == 0) return fmt::format("{} bytes of a table", about.bytes);
  const char* noun = about.kind == "files" ? "file" : "row";
  return fmt::format("{} {}{}", about.items, noun, about.items == 1 ? "" : "s");
}

std::string head_text(const std::string& step, const DryRunMiniBatch& about, bool keep) {
  return fmt::format("{}: mini-batch {} of {}{}: {}\nwhat the step writes goes to {}{}\n", step,
                     about.mini_batch, about.mini_batches, about.all_planned ? "" : "+",
                     items_text(about), about.folder, keep ? "" : ", which is removed at the end");
}

std::string seconds(double value) { return fmt::format("{:.{}f} s", value, value < 10 ? 2 : 0); }

std::string advice_text(const workspace::DryRunAdvice& advice) {
  std::string out = "\nsuggestion, from one measurement; the first one is often slower:\n";
  std::string size_line;
  if (!advice.size_is_fine) {
    size_line = fmt::format("  {}: {}", advice.size_key, advice.size);
    out += fmt::format("{:28}  # about {} for a mini-batch, instead of {}\n", size_line,
                       seconds(advice.expected_s), seconds(advice.measured_s));
  } else if (!advice.size_key.empty()) {
    out += fmt::format("  # {} can stay: {} for a mini-batch\n", advice.size_key,
                       seconds(advice.measured_s));
  }
  out += "  retry_settings:\n";
  const std::string timeout_line = fmt::format("    timeout: {}", advice.timeout_s);
  out += fmt::format("{:28}  # 5 times what run() may be expected to take, at least 10 s\n",
                     timeout_line);
  return out;
}

Json result_object(const workspace::TryPlan& plan, const DryRunMiniBatch& about,
                   const DryRunEnd& end, bool succeeded,
                   const std::optional<workspace::DryRunAdvice>& advice) {
  Json object = {{"step", plan.step},
                 {"status", succeeded ? "Succeeded" : "Failed"},
                 {"mini_batch", about.mini_batch},
                 {"mini_batches", about.mini_batches},
                 {"all_planned", about.all_planned},
                 {"detail", Json::parse(about.detail, nullptr, false)},
                 {"summary", Json::parse(end.summary, nullptr, false)}};
  if (object["detail"].is_discarded()) object["detail"] = nullptr;
  if (object["summary"].is_discarded()) object["summary"] = nullptr;
  if (!advice) return object;
  Json suggestion = {{"timeout", advice->timeout_s}};
  if (!advice->size_is_fine) {
    std::string size = advice->size;
    size.erase(std::remove(size.begin(), size.end(), '"'), size.end());
    suggestion[advice->size_key] = size;
  }
  object["suggestion"] = std::move(suggestion);
  return object;
}

void tell_failure(const std::string& step, const std::vector<std::string>& failure,
                  Console& console) {
  console.error(step + ": " + failure.front());
  for (std::size_t i = 1; i < failure.size(); ++i) console.err("  " + failure[i] + "\n");
}

// How the process ended where it left no summary that tells.
void tell_end(const std::string& step, const DryRunEnd& end, Console& console) {
  if (end.signal != 0) {
    const char* name = ::sigabbrev_np(end.signal);
    console.error(fmt::format("{}: the process crashed ({}{})", step,
                              name == nullptr ? "signal " : "SIG",
                              name == nullptr ? std::to_string(end.signal) : name));
  } else if (end.summary.empty()) {
    console.error(
        fmt::format("{}: the script ended its process (exit code {})", step, end.exit_code));
  }
}

int run_dry(const workspace::TryPlan& plan, Session& session) {
  Console& console = session.console();
  const Invocation& call = session.call();
  DryRunRequest request;
  request.plan = *plan.plan;
  request.step = plan.step;
  request.mini_batch = call.number("mini-batch", 0);
  request.output_to_error = session.wants_object();
  request.keep_folder = call.has("keep");
  const auto run = session.parts().dry_runs.prepare(request);
  if (!run) {
    console.error(plan.step + ": " + run.error().message);
    return kExitFailure;
  }
  const DryRunMiniBatch& about = (*run)->mini_batch();
  for (const std::string& warning : about.warnings) console.warning(warning);
  if (!console.only_errors()) console.err(head_text(plan.step, about, request.keep_folder) + "\n");

  const auto end = (*run)->run();
  if (!end) return console.failed(end.error());
  tell_end(plan.step, *end, console);
  workspace::DryRunSummary summary;
  if (!end->summary.empty()) {
    const auto read = workspace::dry_run_summary_from_json(end->summary);
    if (!read) return console.failed(read.error());
    summary = *read;
    if (!summary.failure.empty()) tell_failure(plan.step, summary.failure, console);
  }
  const bool succeeded = summary.succeeded && end->exit_code == 0 && end->signal == 0;
  const auto advice = workspace::advise(about, summary, spec_of(plan), session.work().cores);
  if (session.wants_object()) {
    const int code = session.print(result_object(plan, about, *end, succeeded, advice));
    if (code != kExitSuccess) return code;
  } else if (advice) {
    console.out(advice_text(*advice));
  }
  if (advice) {
    for (const std::string& warning : advice->warnings) console.warning(warning);
  }
  return succeeded ? kExitSuccess : kExitFailure;
}

}  // namespace

int job_try(Session& session) {
  Console& console = session.console();
  const workspace::TryRequest request = try_request(session.call());
  const auto plan = workspace::plan_try(request, session.workspace(), session.work());
  if (!plan) return console.failed(plan.error());
  show_diagnostics(plan->diagnostics, plan->sources, request.check.file, "nothing was run",
                   console);
  if (plan->refusal) show_refusal(*plan->refusal, console);
  return plan->plan ? run_dry(*plan, session) : kExitFailure;
}

}  // namespace batchmill::cli
