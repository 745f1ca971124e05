#include "engine/parallel_finish.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/effective_settings.h"
#include "engine/mini_batch_detail.h"
#include "engine/parallel_rules.h"
#include "engine/step_counts.h"
#include "engine/step_verdict.h"
#include "engine/stop_words.h"
#include "rows/extent_index.h"
#include "rows/merge.h"
#include "runlog/attempt_reports.h"
#include "runlog/failure_text.h"
#include "runlog/job_error.h"
#include "runlog/job_result.h"
#include "runlog/log_tree.h"
#include "runlog/step_failure.h"

namespace batchmill::engine {

namespace {

using parallel::Verdict;

std::string root_job(const StepContext& context) {
  return context.job.root().substr(context.job.root().find_last_of('/') + 1);
}

std::string rows_path(const StepContext& context, const ParallelSetup& setup) {
  return aggregated_path(context.step, setup.prepared.outputs);
}

// Writes the aggregated file once; a restarted leader that finds it written leaves it alone, since
// the spools may be gone.
Result<void> merge(FinishRequest& request, const std::string& target,
                   const rows::ExtentIndex& index) {
  ParallelSetup& setup = request.setup;
  BM_ASSIGN(const std::string merged, setup.ledger->fact(kMergedFact));
  if (!merged.empty()) return {};
  const StepFolder folder = request.context.job.step(request.context.step.name);
  rows::MergeRequest merge_request;
  merge_request.target = target;
  merge_request.owner = request.context.job_name;
  merge_request.wants_header = setup.rows && setup.rows->header;
  BM_ASSIGN(const rows::MergeTotals totals,
            rows::merge_rows(
                request.context.files, request.bulk, index,
                [&](SpoolId spool) { return folder.spool(spool.value); }, merge_request,
                [&](std::uint64_t done, std::uint64_t total) {
                  if (total > 0)
                    request.merged(static_cast<double>(done) / static_cast<double>(total));
                  return true;
                }));
  BM_TRY(setup.ledger->put_fact(kMergedFact, fmt::format("{} rows", totals.rows)));
  return request.context.files.remove_tree(folder.spools());
}

runlog::JobErrorRequest error_request(const FinishRequest& request) {
  runlog::JobErrorRequest error;
  error.job = root_job(request.context);
  error.step = request.context.step.name;
  error.record = request.verdict.error;
  error.pipeline = request.context.plan.source_file;
  error.log = runlog::LogTree(request.context.job.step(error.step).logs()).job_error();
  return error;
}

// What the ledger says of the step at its end.
struct Account {
  runlog::StepFigures figures;
  runlog::FailureGroups failures;
  rows::ExtentIndex extents;
};

// One walk over the ledger: the reports that derive from it, and the figures. kProtocol, a loud
// engine error, when the counts of a completed step do not add up (I-2).
Result<Account> take_account(FinishRequest& request, std::uint64_t planned) {
  Files& files = request.context.files;
  const StepFolder folder = request.context.job.step(request.context.step.name);
  runlog::AttemptReportOptions options;
  options.events = request.script_events;
  options.gpus = request.gpus;
  std::stable_sort(options.events.begin(), options.events.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  MiniBatchDetails details = mini_batch_details(files, request.bulk, folder.manifest());
  options.describe = std::move(details.describe);
  options.name_item = std::move(details.name_item);
  rows::ExtentIndex extents(planned);
  Result<void> once;  // a mini-batch with two counting attempts is a loud error (I-1)
  options.also = [&](const AttemptRecord& attempt) {
    if (once) once = extents.add(attempt);
  };
  BM_ASSIGN(runlog::AttemptReports reports,
            runlog::write_attempt_reports(files, *request.setup.ledger,
                                          runlog::LogTree(folder.logs()), std::move(options)));
  BM_TRY(std::move(once));
  Account account{reports.work.figures(planned), std::move(reports.failures), std::move(extents)};
  if (request.longest_init > Duration::zero()) account.figures.init = request.longest_init;
  const std::uint64_t decided =
      account.figures.mini_batches_succeeded + account.figures.mini_batches_failed;
  if (request.verdict.verdict == Verdict::kCompleted && decided != planned) {
    return fail(
        ErrorKind::kProtocol,
        fmt::format("engine error: {} of {} planned mini-batches are accounted for in the ledger",
                    decided, planned));
  }
  return account;
}

JobStatus status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCompleted:
      return JobStatus::kCompleted;
    case Verdict::kFailed:
      return JobStatus::kFailed;
    case Verdict::kCanceled:
      return JobStatus::kCanceled;
  }
  return JobStatus::kFailed;
}

void add_failure_warning(const FinishRequest& request, const Account& account,
                         std::vector<std::string>& warnings) {
  if (account.figures.mini_batches_failed == 0) return;
  runlog::FailedButCompleted facts;
  facts.step = request.context.step.name;
  facts.failed = account.figures.mini_batches_failed;
  facts.total = account.figures.mini_batches;
  for (const char* name :
       {"mini_batch_error_threshold", "error_threshold", "allowed_failed_percent"}) {
    facts.thresholds.push_back(setting_named(request.setup.settings, name));
  }
  facts.log = runlog::LogTree(request.context.job.step(facts.step).logs()).job_error();
  if (const auto groups = account.failures.sorted(); !groups.empty()) {
    facts.most_frequent = runlog::group_name(*groups.front());
    facts.most_frequent_count = groups.front()->mini_batches;
  }
  warnings.push_back(runlog::failed_but_completed_warning(facts));
}

std::string failure_text(const StepEnd& end) {
  const auto failure = runlog::step_failure_from_json(end.error);
  return failure
             ? runlog::failure_block(*failure, "ERROR[" + runlog::code_name(failure->code) + "]")
             : end.reason + "\n";
}

void write_result(const FinishRequest& request, const Account& account, const StepEnd& end) {
  const runlog::LogTree logs(request.context.job.step(request.context.step.name).logs());
  runlog::StepResult result;
  result.step = request.context.step.name;
  result.step_job = request.context.job_name;
  result.status = end.status;
  result.ended = request.context.loop.wall_now();
  result.elapsed = std::chrono::microseconds(result.ended.micros - request.record.started.micros);
  result.figures = account.figures;
  if (end.status == JobStatus::kCompleted)
    result.rows_path = rows_path(request.context, request.setup);
  if (end.status == JobStatus::kFailed) {
    result.reason = end.reason;
    result.failure = failure_text(end);
    result.look_first = {logs.job_error(), logs.root() + "/user", logs.processed_mini_batches()};
  }
  result.canceled_by = "the user";
  result.settings = request.setup.settings;
  result.warnings = end.warnings;
  (void)request.context.files.write_atomically(logs.job_result(), runlog::job_result_text(result));
}

void write_errors(const FinishRequest& request, const Account& account,
                  const std::optional<runlog::StopReason>& stop) {
  const std::string errors = runlog::job_error_text(error_request(request), stop, account.failures);
  const runlog::LogTree logs(request.context.job.step(request.context.step.name).logs());
  if (errors.empty()) {  // nothing failed in the end; an earlier end may have left a file
    (void)request.context.files.remove(logs.job_error());
    return;
  }
  (void)request.context.files.write_atomically(logs.job_error(), errors);
}

void describe_end(const FinishRequest& request, const Account& account,
                  const std::optional<runlog::StopReason>& stop, StepEnd& end) {
  const runlog::StepFigures& figures = account.figures;
  end.mini_batches = Count{figures.mini_batches_succeeded + figures.mini_batches_failed,
                           figures.mini_batches_failed, figures.mini_batches, true};
  end.items = Count{figures.items_succeeded + figures.items_failed, figures.items_failed,
                    figures.items, true};
  end.rows = figures.rows;
  end.warnings = request.warnings;
  if (end.status == JobStatus::kFailed) {
    const runlog::JobError error =
        runlog::parallel_job_error(error_request(request), stop, account.failures);
    end.reason = error.first_line;
    end.error = error.json;
  } else if (end.status == JobStatus::kCanceled) {
    end.reason = "canceled";
  } else {
    add_failure_warning(request, account, end.warnings);
  }
}

// The logs of a step that could not begin, so that they say why too.
void write_result_of_nothing(const StepContext& context, const runlog::JobError& error) {
  const runlog::LogTree logs(context.job.step(context.step.name).logs());
  runlog::StepResult result;
  result.step = context.step.name;
  result.step_job = context.job_name;
  result.status = JobStatus::kFailed;
  result.ended = context.loop.wall_now();
  result.reason = error.first_line;
  result.failure = error.block;
  result.look_first = {context.job.leader_log()};
  (void)context.files.make_folders(logs.root());
  (void)context.files.write_atomically(logs.job_result(), runlog::job_result_text(result));
}

// The temporary file is no business of the user's.
runlog::StopReason unwritable_rows(const FinishRequest& request, const std::string& target,
                                   const Error& error) {
  const std::string temporary = rows::merge_temporary(target, request.context.job_name) + ": ";
  const bool of_temporary = error.message.starts_with(temporary);
  return runlog::stopped_by_unwritable(
      target, of_temporary ? error.message.substr(temporary.size()) : error.message);
}

// For readers only: without them, whoever asks sees zeros.
void keep_counts(ParallelSetup& setup, const StepEnd& end) {
  if (!end.mini_batches || !end.items) return;
  (void)setup.ledger->put_fact(kCountsFact, counts_to_json({*end.mini_batches, *end.items}));
}

// What went wrong after the last mini-batch: the verdict turns into a failure that says so.
void fail_late(FinishRequest& request, const Error& error) {
  request.verdict.verdict = Verdict::kFailed;
  request.verdict.cause = parallel::Cause::kNone;
  request.verdict.detail = error.message;
}

}  // namespace

StepEnd finish_parallel(FinishRequest& request) {
  ParallelSetup& setup = request.setup;
  if (const auto kept = setup.ledger->put_fact(kVerdictFact, verdict_to_json(request.verdict));
      !kept) {
    fail_late(request, kept.error());
  }
  const std::uint64_t planned = setup.ledger->plan_mark().value_or(PlanMark{}).mini_batches;
  auto account = take_account(request, planned);
  if (!account) {
    fail_late(request, account.error());
    account = Account{{}, {}, rows::ExtentIndex()};
  }
  const std::string target = rows_path(request.context, setup);
  std::optional<runlog::StopReason> unwritable;
  if (request.verdict.verdict == Verdict::kCompleted && !target.empty()) {
    if (const auto merged = merge(request, target, account->extents); !merged) {
      fail_late(request, merged.error());
      unwritable = unwritable_rows(request, target, merged.error());
    }
  }
  if (request.verdict.verdict != Verdict::kCompleted && !target.empty()) {
    (void)rows::remove_merge_leftover(request.context.files, target, request.context.job_name);
  }
  StepEnd end;
  end.status = status_of(request.verdict.verdict);
  std::optional<runlog::StopReason> stop;
  if (end.status == JobStatus::kFailed) {
    stop = unwritable ? std::move(unwritable)
                      : stop_reason(request.context, setup, request.verdict, account->figures);
  }
  describe_end(request, *account, stop, end);
  write_errors(request, *account, stop);
  write_result(request, *account, end);
  keep_counts(setup, end);
  return end;
}

StepEnd failed_before_running(const StepContext& context, const std::string& reason) {
  runlog::JobErrorRequest request;
  request.job = root_job(context);
  request.step = context.step.name;
  request.log = context.job.leader_log();
  const runlog::JobError error = runlog::parallel_job_error(
      request, runlog::stopped_otherwise(913, reason), runlog::FailureGroups{});
  StepEnd end;
  end.status = JobStatus::kFailed;
  end.reason = error.first_line;
  end.error = error.json;
  write_result_of_nothing(context, error);
  return end;
}

Result<void> forget_parallel_failure(Ledgers& ledgers, Files& files, const StepFolder& folder) {
  if (!files.exists(folder.ledger())) return {};
  BM_ASSIGN(const std::unique_ptr<Ledger> ledger, ledgers.open(folder.ledger(), false));
  BM_TRY(ledger->forget_failures());
  return ledger->put_fact(kVerdictFact, "");
}

}  // namespace batchmill::engine
