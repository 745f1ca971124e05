#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "ports/dry_runs.h"

namespace batchmill::fakes {

// Dry runs that end as a test says.
class FakeDryRuns final : public DryRuns {
 public:
  std::optional<DryRunRequest> request;  // the last one
  DryRunMiniBatch about;
  DryRunEnd end;
  std::optional<Error> refused;  // by prepare()
  std::function<void()> on_run;

  Result<std::unique_ptr<DryRun>> prepare(const DryRunRequest& given) override {
    request = given;
    if (refused) return tl::unexpected(*refused);
    return std::make_unique<Run>(*this);
  }

 private:
  class Run final : public DryRun {
   public:
    explicit Run(FakeDryRuns& owner) : owner_(owner) {}
    const DryRunMiniBatch& mini_batch() const override { return owner_.about; }
    Result<DryRunEnd> run() override {
      if (owner_.on_run) owner_.on_run();
      return owner_.end;
    }

   private:
    FakeDryRuns& owner_;
  };
};

}  // namespace batchmill::fakes
