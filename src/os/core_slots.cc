#include "os/core_slots.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace batchmill {

namespace {

class LockedByte : public CoreSlot {
 public:
  explicit LockedByte(UniqueFd file) : file_(std::move(file)) {}

 private:
  UniqueFd file_;
};

Result<void> make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return tl::unexpected(error_from_errno(errno, path));
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) {
    return fail(ErrorKind::kPermission, path + ": is not a folder of this user");
  }
  return {};
}

}  // namespace

std::string FileCoreSlots::default_path() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime != '\0' && ::access(runtime, W_OK) == 0) {
    return std::string(runtime) + "/batchmill/cores";
  }
  return "/tmp/batchmill-" + std::to_string(::geteuid()) + "/cores";
}

Result<FileCoreSlots> FileCoreSlots::open(std::string path, std::uint32_t cores) {
  BM_TRY(make_private_folder(path.substr(0, path.rfind('/'))));
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return tl::unexpected(error_from_errno(errno, path));
  return FileCoreSlots(std::move(path), cores);
}

std::unique_ptr<CoreSlot> FileCoreSlots::try_acquire() {
  // An OFD lock belongs to the open file: each slot has one of its own.
  UniqueFd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  // Without the file nothing can be shared; better to run than to stand still.
  if (!file.valid()) return std::make_unique<LockedByte>(UniqueFd());
  for (std::uint32_t core = 0; core < cores_; ++core) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = core;
    lock.l_len = 1;
    if (::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) {
      return std::make_unique<LockedByte>(std::move(file));
    }
  }
  return nullptr;
}

}  // namespace batchmill
