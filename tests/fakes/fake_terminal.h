#pragma once

#include <functional>
#include <string>

#include "fakes/fake_clock.h"
#include "ports/terminal.h"

namespace batchmill::fakes {

// Collects what is written. Waiting moves the clock and calls `on_wait`, where a test lets the
// world go on.
class FakeTerminal final : public Terminal {
 public:
  explicit FakeTerminal(FakeClock& clock) : clock_(clock) {}

  bool out_is_terminal() const override { return is_terminal; }
  bool err_is_terminal() const override { return is_terminal; }
  std::size_t columns() const override { return width; }
  std::size_t rows() const override { return is_terminal ? 24 : 0; }
  void write_out(std::string_view text) override {
    out += text;
    all += text;
  }
  void write_err(std::string_view text) override {
    err += text;
    all += text;
    ++err_writes;
  }
  bool try_write_err(std::string_view text) override {
    if (blocked) return false;
    write_err(text);
    return true;
  }
  bool out_is_closed() const override { return out_closed; }
  void watch_signals() override {}
  bool interrupted() const override { return next_wake == Wake::kInterrupted; }
  Wake wait(Duration at_most) override {
    clock_.advance(at_most);
    if (on_wait) on_wait();
    const Wake wake = next_wake;
    if (wake == Wake::kResized) next_wake = Wake::kTimeout;
    return wake;
  }

  std::string out, err, all;  // `all`: both in the order of writing
  bool is_terminal = false, blocked = false, out_closed = false;
  std::size_t width = 0;
  int err_writes = 0;
  Wake next_wake = Wake::kTimeout;
  std::function<void()> on_wait;

 private:
  FakeClock& clock_;
};

}  // namespace batchmill::fakes
