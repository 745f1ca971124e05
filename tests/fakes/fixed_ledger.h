#pragma once

#include <vector>

#include "ports/ledger.h"

namespace batchmill {

// A ledger for tests of what reads one: it holds the attempts it was given, and keeps no more.
class FixedLedger : public Ledger {
 public:
  std::vector<AttemptRecord> attempts;

  Result<void> commit(const CommitGroup&) override { return {}; }
  Result<void> mark_plan(const PlanMark&) override { return {}; }
  Result<PlanMark> plan_mark() const override { return PlanMark{}; }
  Result<MiniBatchId> lease_high_water() const override { return MiniBatchId{}; }
  Result<void> put_fact(const std::string&, const std::string&) override { return {}; }
  Result<std::string> fact(const std::string&) const override { return std::string(); }
  Result<void> forget_failures() override { return {}; }
  Result<void> use_code(const std::string&) override { return {}; }
  Result<std::vector<std::string>> codes() const override { return std::vector<std::string>{""}; }
  Result<void> import(const Ledger&, const std::function<bool(AttemptRecord&)>&) override {
    return {};
  }
  Result<void> for_each_attempt(
      bool, const std::function<bool(const AttemptRecord&)>& visit) const override {
    for (const AttemptRecord& attempt : attempts) {
      if (!visit(attempt)) break;
    }
    return {};
  }
};

}  // namespace batchmill
