#pragma once

#include <string>

#include "base/result.h"

namespace batchmill::compute {

// A path by which a unix socket can be bound or reached although its own path may be longer than
// the 107 bytes that an address holds: longer ones go through an open descriptor of their folder,
// which this object keeps.
class SocketAddress {
 public:
  static Result<SocketAddress> of(const std::string& path);
  SocketAddress(SocketAddress&& other) noexcept;
  SocketAddress& operator=(SocketAddress&&) = delete;
  ~SocketAddress();
  const std::string& path() const { return path_; }

 private:
  SocketAddress(std::string path, int folder) : path_(std::move(path)), folder_(folder) {}
  std::string path_;
  int folder_;
};

}  // namespace batchmill::compute
