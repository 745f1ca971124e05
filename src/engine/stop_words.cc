#include "engine/stop_words.h"

#include "engine/effective_settings.h"

namespace batchmill::engine {

std::optional<runlog::StopReason> stop_reason(const StepContext& context,
                                              const ParallelSetup& setup,
                                              const parallel::Finish& verdict,
                                              const runlog::StepFigures& figures) {
  using parallel::Cause;
  const auto& spec = std::get<ParallelSpec>(context.step.spec);
  const auto setting = [&](const char* name) { return setting_named(setup.settings, name); };
  switch (verdict.cause) {
    case Cause::kMiniBatchThreshold:
      return runlog::stopped_by_mini_batches(figures.mini_batches_failed, figures.mini_batches,
                                             setting("mini_batch_error_threshold"));
    case Cause::kItemThreshold:
      return runlog::stopped_by_items(figures.items_failed, figures.items,
                                      setting("error_threshold"));
    case Cause::kPercentThreshold:
      return runlog::stopped_by_percent(figures.mini_batches_failed, figures.mini_batches,
                                        setting("allowed_failed_percent"));
    case Cause::kFirstTask:
      return runlog::stopped_before_first_task(setting("first_task_creation_timeout"));
    case Cause::kNoProgress:
      return runlog::stopped_without_progress(setup.rules.progress_timeout,
                                              setting("progress_update_timeout"));
    case Cause::kNoRows:
      return runlog::stopped_without_rows(figures.mini_batches, spec.append_row_to);
    case Cause::kEmptyInput:
      return runlog::stopped_by_empty_input(spec.input_data,
                                            setup.prepared.inputs.at(spec.input_data));
    case Cause::kScript:
      return std::nullopt;
    case Cause::kInit:
      return runlog::stopped_otherwise(902, verdict.detail);
    case Cause::kAllNodesLost:
      return runlog::stopped_otherwise(922, verdict.detail);
    case Cause::kCommitFailed:
      return runlog::stopped_otherwise(923, "cannot write the ledger: " + verdict.detail);
    case Cause::kPlanFailed:
    case Cause::kCanceled:
    case Cause::kNone:
      break;
  }
  return runlog::stopped_otherwise(913, verdict.detail);
}

}  // namespace batchmill::engine
