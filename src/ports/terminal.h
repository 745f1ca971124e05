#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.h"

namespace batchmill {

enum class Wake { kTimeout, kInterrupted, kResized };

// Standard output and error of this process, and the signals of its terminal.
class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual bool out_is_terminal() const = 0;
  virtual bool err_is_terminal() const = 0;
  // Of the terminal behind standard error (else output); 0: not known.
  virtual std::size_t columns() const = 0;
  virtual std::size_t rows() const = 0;
  // Writes all of it, waiting where it must; errors (a closed pipe) are ignored and remembered.
  virtual void write_out(std::string_view text) = 0;
  virtual void write_err(std::string_view text) = 0;
  // False, having written nothing, if a write to standard error would block.
  virtual bool try_write_err(std::string_view text) = 0;
  virtual bool out_is_closed() const = 0;
  // From here on Ctrl-C wakes wait() and sets interrupted() instead of ending the process; a second
  // Ctrl-C ends it at once. Children that are started do not inherit this.
  virtual void watch_signals() = 0;
  virtual bool interrupted() const = 0;
  virtual Wake wait(Duration at_most) = 0;
};

}  // namespace batchmill
