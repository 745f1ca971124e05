#include "engine/whole_step.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/step_definition.h"

namespace batchmill::engine {

bool is_taken_whole(const EarlierEnd& end) {
  if (end.status != JobStatus::kCompleted || !end.same_definition || !end.outputs_exist) {
    return false;
  }
  return !end.is_parallel || (end.counts && end.counts->mini_batches.failed == 0);
}

EarlierEnd earlier_end(const StepPlan& plan, const EarlierStep& earlier, const Files& files,
                       Ledgers& ledgers) {
  EarlierEnd end;
  end.status = earlier.record.status;
  if (end.status != JobStatus::kCompleted) return end;
  end.same_definition = definition_of(*earlier.plan) == definition_of(plan);
  const auto& outputs = earlier.record.outputs;
  end.outputs_exist = std::all_of(outputs.begin(), outputs.end(),
                                  [&](const auto& output) { return files.exists(output.second); });
  end.is_parallel = plan.is_parallel();
  if (!end.is_parallel) return end;
  if (auto counts = counts_of(files, ledgers, earlier.folder)) end.counts = *counts;
  return end;
}

StepRecord taken_whole(StepRecord record, const StepRecord& earlier) {
  record.outputs = earlier.outputs;
  record.settings = earlier.settings;
  record.reused_from = earlier.reused_from.empty() ? earlier.job_name : earlier.reused_from;
  return record;
}

StepEnd end_taken_whole(const StepRecord& record, const std::optional<StepCounts>& counts) {
  StepEnd end;
  end.reason = fmt::format("taken over from '{}'", record.reused_from);
  if (counts) {
    end.mini_batches = counts->mini_batches;
    end.items = counts->items;
  }
  return end;
}

}  // namespace batchmill::engine
