#include "engine/step_planning.h"

#include <utility>

namespace batchmill::engine {

void StepPlanning::start(data::PlanRequest request, Ledger& ledger, Background& ledger_thread,
                         Handlers handlers) {
  request_ = std::move(request);
  ledger_ = &ledger;
  ledger_thread_ = &ledger_thread;
  handlers_ = std::move(handlers);
  thread_->run([this] {
    data::Planner planner(parts_.files, parts_.bulk, parts_.loop);
    auto result = planner.run(request_, [this](const data::PlanProgress& progress) {
      thread_->post([this, progress] { grew(progress); });
      return !stopped_;
    });
    return [this, result = std::move(result)] { ended(result); };
  });
}

void StepPlanning::grew(const data::PlanProgress& progress) {
  if (stopped_) return;
  ledger_thread_->run([this, progress] {
    auto result = ledger_->mark_plan(progress.mark);
    return [this, progress, result = std::move(result)] { marked(progress, result); };
  });
}

void StepPlanning::marked(const data::PlanProgress& progress, const Result<void>& result) {
  if (stopped_ || plan_.mark.complete) return;
  if (!result) {
    handlers_.on_failed("cannot write the ledger: " + result.error().message);
    return;
  }
  plan_ = progress;
  handlers_.on_grew({plan_.mark.mini_batches});
  if (plan_.mark.complete) complete();
}

void StepPlanning::ended(const Result<data::PlanResult>& result) {
  if (stopped_) return;
  if (!result) {
    handlers_.on_failed(result.error().message);
    return;
  }
  handlers_.on_warnings(result->warnings);
  order_ = result->order;
  if (!plan_.mark.complete) {
    grew(result->total);
  } else if (order_) {
    complete();
  }
}

void StepPlanning::complete() {
  if (stopped_ || (request_.wants_order && !order_)) return;
  handlers_.on_complete({plan_.mark.mini_batches, plan_.items, order_});
}

std::uint32_t StepPlanning::items_of(MiniBatchId id) {
  if (!plan_.items_known || id.value >= plan_.mark.mini_batches) return 0;
  if (!manifest_ || id.value >= manifest_->mini_batches()) {
    auto opened = data::ManifestReader::open(parts_.files, parts_.bulk, request_.manifest_folder);
    if (!opened || id.value >= opened->mini_batches()) return 0;
    manifest_ = std::move(*opened);
  }
  return static_cast<std::uint32_t>(manifest_->items(id.value));
}

}  // namespace batchmill::engine
