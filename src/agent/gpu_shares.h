#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace batchmill::agent {

// Which GPUs of this node its workers hold, of all steps (parallel-job.md 4.6). Pure.
class GpuShares {
 public:
  // A GPU that is held as long as this object; it may outlive the shares.
  class Held {
   public:
    Held(std::shared_ptr<std::set<std::uint32_t>> taken, std::uint32_t index)
        : taken_(std::move(taken)), index_(index) {
      taken_->insert(index_);
    }
    ~Held() { taken_->erase(index_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    std::uint32_t index() const { return index_; }

   private:
    const std::shared_ptr<std::set<std::uint32_t>> taken_;
    const std::uint32_t index_;
  };

  // The lowest of `offered` that nobody holds; null when all are held.
  std::unique_ptr<Held> take_lowest(std::span<const std::uint32_t> offered);

 private:
  std::shared_ptr<std::set<std::uint32_t>> taken_ = std::make_shared<std::set<std::uint32_t>>();
};

}  // namespace batchmill::agent
