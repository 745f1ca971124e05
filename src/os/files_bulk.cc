#include "os/files_bulk.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <vector>

#include "os/files_descriptor.h"
#include "os/files_folder.h"

namespace batchmill {

namespace {

class Readable final : public ReadableFile {
 public:
  Readable(std::string path, Descriptor fd, std::uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}
  ~Readable() override {
    if (memory_ != nullptr) ::munmap(memory_, size_);
  }
  Readable(const Readable&) = delete;
  Readable& operator=(const Readable&) = delete;

  const std::string& path() const override { return path_; }
  std::uint64_t size() const override { return size_; }
  int fd() const { return fd_.get(); }

  Result<std::size_t> read_at(std::uint64_t offset, char* buffer,
                              std::size_t length) const override {
    std::size_t filled = 0;
    while (filled < length) {
      const ssize_t got =
          ::pread(fd_.get(), buffer + filled, length - filled, static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return tl::unexpected(error_from_errno(errno, path_));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }

  Result<std::string_view> map() const override {
    if (size_ == 0) return std::string_view{};
    const std::lock_guard guard(mutex_);
    if (memory_ == nullptr) {
      void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd_.get(), 0);
      if (memory == MAP_FAILED) return tl::unexpected(error_from_errno(errno, path_));
      memory_ = memory;
    }
    return std::string_view(static_cast<const char*>(memory_), size_);
  }

 private:
  std::string path_;
  Descriptor fd_;
  std::uint64_t size_;
  mutable std::mutex mutex_;
  mutable void* memory_ = nullptr;
};

class Writable final : public WritableFile {
 public:
  Writable(std::string path, Descriptor fd, std::uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  const std::string& path() const override { return path_; }
  std::uint64_t size() const override { return size_; }

  Result<void> write(std::string_view bytes) override {
    BM_TRY(write_all(fd_.get(), bytes, path_));
    size_ += bytes.size();
    return {};
  }

  Result<void> copy_from(const ReadableFile& source, std::uint64_t offset,
                         std::uint64_t length) override {
    if (const auto* local = dynamic_cast<const Readable*>(&source)) {
      BM_TRY(copy_bytes(local->fd(), offset, length, fd_.get(), source.path(), path_));
      size_ += length;
      return {};
    }
    std::vector<char> buffer(std::min<std::uint64_t>(length, std::uint64_t{1} << 20));
    while (length > 0) {
      BM_ASSIGN(
          const std::size_t got,
          source.read_at(offset, buffer.data(), std::min<std::uint64_t>(length, buffer.size())));
      if (got == 0) {
        return fail(ErrorKind::kProtocol,
                    source.path() + ": ends before the bytes that were to be copied");
      }
      BM_TRY(write({buffer.data(), got}));
      offset += got;
      length -= got;
    }
    return {};
  }

  Result<void> sync() override {
    // Appending changes the size, which fdatasync makes durable too.
    if (::fdatasync(fd_.get()) != 0) return tl::unexpected(error_from_errno(errno, path_));
    return {};
  }

 private:
  std::string path_;
  Descriptor fd_;
  std::uint64_t size_;
};

}  // namespace

Result<void> FilesBulk::visit_folder(const std::string& path,
                                     const std::function<void(const VisitedEntry&)>& visit) const {
  return read_folder(path, visit);
}

Result<FileIdentity> FilesBulk::identity(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  return FileIdentity{status.st_dev, status.st_ino};
}

Result<std::unique_ptr<ReadableFile>> FilesBulk::open(const std::string& path) const {
  BM_ASSIGN(Descriptor fd, open_descriptor(path, O_RDONLY));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  if (S_ISDIR(status.st_mode)) return fail(ErrorKind::kInvalid, path + ": is a folder");
  return std::make_unique<Readable>(path, std::move(fd),
                                    static_cast<std::uint64_t>(status.st_size));
}

Result<std::unique_ptr<WritableFile>> FilesBulk::create(const std::string& path) {
  BM_ASSIGN(Descriptor fd, open_descriptor(path, O_WRONLY | O_CREAT | O_TRUNC, 0666));
  return std::make_unique<Writable>(path, std::move(fd), 0);
}

Result<std::unique_ptr<WritableFile>> FilesBulk::extend(const std::string& path,
                                                        std::uint64_t keep) {
  BM_ASSIGN(Descriptor fd, open_descriptor(path, O_WRONLY));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  if (static_cast<std::uint64_t>(status.st_size) < keep) {
    return fail(ErrorKind::kProtocol, path + ": has " + std::to_string(status.st_size) +
                                          " bytes, at least " + std::to_string(keep) +
                                          " were written");
  }
  const auto end = static_cast<off_t>(keep);
  if (::ftruncate(fd.get(), end) != 0 || ::lseek(fd.get(), end, SEEK_SET) != end) {
    return tl::unexpected(error_from_errno(errno, path));
  }
  return std::make_unique<Writable>(path, std::move(fd), keep);
}

Result<void> FilesBulk::sync(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fdatasync(file.get()) != 0) {
    return tl::unexpected(error_from_errno(errno, path));
  }
  return {};
}

Result<void> FilesBulk::publish(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return tl::unexpected(error_from_errno(errno, to));
  return sync_folder(folder_of(to));
}

}  // namespace batchmill
