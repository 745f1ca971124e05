#include "agent/durable_results.h"

#include <algorithm>
#include <utility>

#include "agent/attempt_error.h"
#include "model/attempt.h"

namespace batchmill::agent {

namespace {

bool has_rows(const protocol::AttemptResult& result) { return result.length() > 0; }

void fail_result(protocol::AttemptResult& result, const Error& error) {
  result.set_status(static_cast<std::uint32_t>(AttemptStatus::kRunException));
  result.set_succeeded(0);
  result.set_length(0);
  result.set_rows(0);
  result.set_crc(0);
  result.set_error(rows_not_durable_error(result.mini_batch(), error));
}

}  // namespace

DurableResults::DurableResults(SpoolSync& spools, std::string spool_path,
                               std::function<void(std::vector<protocol::AttemptResult>&&)> emit)
    : spools_(spools),
      spool_path_(std::move(spool_path)),
      emit_(std::move(emit)),
      self_(std::make_shared<DurableResults*>(this)) {}

DurableResults::~DurableResults() { *self_ = nullptr; }

void DurableResults::flush() {
  if (!syncing_.empty() || gathered_.empty()) return tell_empty();
  if (std::none_of(gathered_.begin(), gathered_.end(), has_rows)) {
    emit_(std::exchange(gathered_, {}));
    return tell_empty();
  }
  syncing_ = std::exchange(gathered_, {});
  spools_.sync(spool_path_, [self = self_](const Result<void>& outcome) {
    if (*self != nullptr) (*self)->synced(outcome);
  });
}

void DurableResults::synced(const Result<void>& outcome) {
  if (!outcome) {
    for (auto& result : syncing_) {
      if (has_rows(result)) fail_result(result, outcome.error());
    }
  }
  emit_(std::exchange(syncing_, {}));
  flush();
}

void DurableResults::when_empty(std::function<void()> done) {
  when_empty_ = std::move(done);
  flush();
}

void DurableResults::tell_empty() {
  if (!syncing_.empty() || !gathered_.empty() || !when_empty_) return;
  std::exchange(when_empty_, nullptr)();
}

}  // namespace batchmill::agent
