#pragma once

#include <string>

#include "base/result.h"
#include "os/unique_fd.h"
#include "ports/core_slots.h"

namespace batchmill {

// One OFD-locked byte per core in a file that all processes of a user on this machine share. A slot
// is one open file with one byte locked, so the death of its holder frees it.
class FileCoreSlots : public CoreSlots {
 public:
  // $XDG_RUNTIME_DIR/batchmill/cores, else /tmp/batchmill-<uid>/cores; the folder has mode 0700.
  static std::string default_path();

  // Creates the file when missing; kPermission when its folder is another user's.
  static Result<FileCoreSlots> open(std::string path, std::uint32_t cores);

  std::unique_ptr<CoreSlot> try_acquire() override;
  std::uint32_t usable_cores() const override { return cores_; }

 private:
  FileCoreSlots(std::string path, std::uint32_t cores) : path_(std::move(path)), cores_(cores) {}
  std::string path_;
  std::uint32_t cores_;
};

}  // namespace batchmill
