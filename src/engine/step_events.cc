#include "engine/step_events.h"

namespace batchmill::engine {

namespace {

double elapsed_seconds(const StepRecord& record) {
  if (record.ended.micros == 0 || record.started.micros == 0) return 0;
  return static_cast<double>(record.ended.micros - record.started.micros) / 1e6;
}

}  // namespace

JobEvent status_event(const StepRecord& record) {
  JobEvent event;
  event.type = "step_status";
  event.step = record.step;
  event.status = name_of(record.status);
  event.reason = record.reason;
  event.elapsed_s = elapsed_seconds(record);
  return event;
}

JobEvent end_event(const StepRecord& record, const StepEnd& end) {
  JobEvent event = status_event(record);
  event.mini_batches = end.mini_batches;
  event.items = end.items;
  event.rows = end.rows;
  return event;
}

StepProgress resting_progress(const StepPlan& plan, const StepRecord& record,
                              const StepCounts* counts) {
  StepProgress step;
  step.step = plan.name;
  step.kind = plan.is_parallel() ? "parallel" : "command";
  step.status = record.status;
  step.phase = is_terminal(record.status) ? "done" : "waiting";
  step.reason = record.reason;
  step.elapsed_s = elapsed_seconds(record);
  if (counts != nullptr) {
    step.mini_batches = counts->mini_batches;
    step.items = counts->items;
  }
  return step;
}

}  // namespace batchmill::engine
