#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/manifest_reader.h"
#include "data/planner.h"
#include "engine/background.h"
#include "parallel/scheduler.h"
#include "ports/ledger.h"

namespace batchmill::engine {

// Plans the input of one parallel step on a thread of its own, and tells the loop only what the
// ledger knows: a mini-batch is leased only when the plan that it belongs to is durable, since a
// restarted leader must come to the same one (design.md section 6, step 2).
class StepPlanning {
 public:
  // Called on the loop; none after stop().
  struct Handlers {
    std::function<void(const parallel::PlanGrew&)> on_grew;
    // Last; with an order where the request wants one, which is known a little later than the last
    // mini-batch.
    std::function<void(const parallel::PlanComplete&)> on_complete;
    std::function<void(const std::string& reason)> on_failed;  // last
    std::function<void(const std::vector<std::string>&)> on_warnings;
  };
  struct Parts {
    Loop& loop;
    Files& files;
    BulkFiles& bulk;
  };

  explicit StepPlanning(Parts parts)
      : parts_(parts), thread_(std::make_unique<Background>(parts.loop)) {}
  ~StepPlanning() { stop(); }
  StepPlanning(const StepPlanning&) = delete;
  StepPlanning& operator=(const StepPlanning&) = delete;

  // Once. The ledger is marked on `ledger_thread`; both outlive this.
  void start(data::PlanRequest request, Ledger& ledger, Background& ledger_thread,
             Handlers handlers);
  void stop() { stopped_ = true; }

  // What of the plan is durable.
  const data::PlanProgress& plan() const { return plan_; }
  // Items of a mini-batch by the plan; 0 for rows of a table, which are not known before they are
  // read. On the loop's thread.
  std::uint32_t items_of(MiniBatchId id);

 private:
  void grew(const data::PlanProgress& progress);
  void marked(const data::PlanProgress& progress, const Result<void>& result);
  void ended(const Result<data::PlanResult>& result);
  void complete();

  Parts parts_;
  data::PlanRequest request_;
  Ledger* ledger_ = nullptr;
  Background* ledger_thread_ = nullptr;
  Handlers handlers_;
  data::PlanProgress plan_;
  std::shared_ptr<const std::vector<MiniBatchId>> order_;
  std::optional<data::ManifestReader> manifest_;  // as much as items_of() has needed
  std::atomic<bool> stopped_{false};
  std::unique_ptr<Background> thread_;  // destroyed first
};

}  // namespace batchmill::engine
