#pragma once

#include "ports/terminal.h"

namespace batchmill {

// The terminal of this process. One object per process, because signals are the process's.
class ProcessTerminal final : public Terminal {
 public:
  ProcessTerminal();
  ~ProcessTerminal() override;
  ProcessTerminal(const ProcessTerminal&) = delete;
  ProcessTerminal& operator=(const ProcessTerminal&) = delete;

  bool out_is_terminal() const override;
  bool err_is_terminal() const override;
  std::size_t columns() const override;
  std::size_t rows() const override;
  void write_out(std::string_view text) override;
  void write_err(std::string_view text) override;
  bool try_write_err(std::string_view text) override;
  bool out_is_closed() const override { return out_closed_; }
  void watch_signals() override;
  bool interrupted() const override;
  Wake wait(Duration at_most) override;

 private:
  bool out_closed_ = false;
  bool watching_ = false;
  int wake_read_ = -1, wake_write_ = -1;
};

}  // namespace batchmill
